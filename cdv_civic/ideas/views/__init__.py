"""Public pages of ideas, without an account."""
