"""Consultations as residents find them: the list, the page of one, and their place on the pages of others."""
