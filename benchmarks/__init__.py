"""Measured runs: each prints a table and most write JSON. `make bench` runs them all."""
