"""Acronyms and hard words, explained where they stand and on a page of their own."""
