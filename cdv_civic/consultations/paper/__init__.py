"""Sheets of paper: printed with a number each, typed in with the keyboard alone, or brought as a table; and posters."""
