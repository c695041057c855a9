"""Acts on sheets of paper, one transaction each."""
