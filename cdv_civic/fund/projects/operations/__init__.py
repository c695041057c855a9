"""Verbs of whoever carries a project: deposit, correct, complete, give up; what is forgotten in time."""
