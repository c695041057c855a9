"""How a project comes in: its form, its receipt's own page, what is kept of whoever carries it."""
