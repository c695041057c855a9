"""Questionnaires: choices, scales, numbers and words, some asked only after a certain answer."""
