"""Verbs about reviews, and about projects that stop."""
