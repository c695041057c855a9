"""Pages of the desk of projects."""
