"""Accounts: who signs in, their sessions, roles, addresses, consents, and what is kept about a person."""
