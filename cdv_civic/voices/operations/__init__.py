"""Verbs of what residents say: take it, write it down, pass it on, answer it, publish it, forget it."""
