"""Consultations: residents answer in steps, on every channel, and always get an answer."""
