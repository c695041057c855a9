"""Rounds that were held elsewhere or before: their votes, from a file of Pabulib, beside the rounds of a fund."""
