"""Reasoned opinions of bodies on projects, before a decision: given at the desk, read by all with the decision."""
