"""Invented projects of three real funds, at each stage: what the demo tells of them."""
