"""Permissions: who may do what, and the guard of every route."""
