"""Invitations and roles, each told to the person by a letter."""
