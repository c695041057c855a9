"""Decisions that somebody contests, and the answers of another person."""
