"""Measured runs: each prints a table and writes JSON. `make bench` runs them all."""
