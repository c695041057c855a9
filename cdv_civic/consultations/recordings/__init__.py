"""Recorded voices: somebody of the quartier reads a question, for whoever reads none of the site's languages."""
