"""What may be said of a commitment, and when: pure decisions on plain values, refused by code (`refusals`)."""
