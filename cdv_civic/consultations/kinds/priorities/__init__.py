"""Priorities: residents put axes, commitments or free options in order, share points out, or pick some."""
