"""Following: what is offered to everybody, and a person's own list."""
