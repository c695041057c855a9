"""Tables of funds: the fund, its envelopes and rounds; projects and their money; opinions and commissions.

What columns alone cannot promise is kept by triggers, made by migration 0057: an envelope's `reserved_cents` is the
sum of what its projects hold, so that its CHECK can never be got round; from the first opinion or mark on a round's
rules and its project's content are frozen; no decision comes before an opinion that the rules ask for; nobody marks a
project that they are linked to. A later migration that makes one of these tables anew on SQLite (`batch_alter_table`)
loses its triggers, and makes them again: `tests/fund/test_promises.py` tells.
"""
