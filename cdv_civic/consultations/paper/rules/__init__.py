"""What a sheet says, and which sheets there are, decided from plain values."""
