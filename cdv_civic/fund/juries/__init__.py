"""Commissions: who sits in them, their meetings, who is linked to what, marks, decisions, minutes."""
