"""Public pages of whoever carries a project."""
