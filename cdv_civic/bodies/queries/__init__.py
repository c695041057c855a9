"""What pages read of bodies and of their meetings."""
