"""Answers given in the street to a relais, by a group with one voice, and at the tables of a workshop."""
