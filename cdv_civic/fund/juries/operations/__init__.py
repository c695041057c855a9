"""Verbs of commissions. Locks: the fund, the round, envelopes, projects, the meeting (`core.db.transaction`)."""
