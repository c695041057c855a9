"""Residents choose among groups of ideas: the consultation that asks them, what came of it, and the parts of the
contract that are born of it."""
