"""Verbs of whoever runs a fund."""
