"""Verbs about ideas, one transaction each."""
