"""Verbs of cards: print and close batches, come in with a card, replace a lost one."""
