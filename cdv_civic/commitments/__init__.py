"""What the contract promises, and how far each promise is."""
