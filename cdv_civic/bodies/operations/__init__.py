"""What staff do for bodies: say how they are, announce meetings, count attendance, publish."""
