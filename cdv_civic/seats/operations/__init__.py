"""What the desk does with seats: give one, correct it, call a substitute, end it, say how many there are."""
