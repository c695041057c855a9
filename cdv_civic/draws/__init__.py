"""Draws of lots that anybody can check: a list published before, a seed from elsewhere, a result to be found again."""
