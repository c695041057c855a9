"""Bring the database to what a contract pack says."""
