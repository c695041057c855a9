"""The audit trail: what it is made of, what it can say, and whether it is whole."""
