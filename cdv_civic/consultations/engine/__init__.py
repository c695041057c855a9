"""What all kinds of steps and of questions share."""
