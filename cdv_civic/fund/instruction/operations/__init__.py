"""What the desk does with projects."""
