"""Verbs of moderation, one transaction each."""
