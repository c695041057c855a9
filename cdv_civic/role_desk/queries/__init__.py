"""What the desk of accounts and roles reads."""
