"""The charters by which moderators work, and the figures of what came of it."""
