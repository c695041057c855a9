"""Funds of participation: the count, for now; no framework is loaded here."""
