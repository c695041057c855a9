"""The staff’s pages of bodies: a list, one body, what it announces and publishes, its numbers."""
