"""The kinds of steps: a folder for each, with the same modules."""
