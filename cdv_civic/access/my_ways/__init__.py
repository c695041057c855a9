"""Add an address or a number to one's own account, or change it: with the proof that it is one's own."""
