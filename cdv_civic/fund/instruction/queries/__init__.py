"""What the desk of projects reads: rounds, the list of one, a project, what its rules say of it, its file."""
