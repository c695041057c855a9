"""What is published of answers: tables that give nobody away, built once."""
