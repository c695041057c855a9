"""The pages of those who print sheets and type them in."""
