"""Votes of the past: elections that were held elsewhere or before, read from their published file."""
