"""Add and remove the addresses by which one comes in."""
