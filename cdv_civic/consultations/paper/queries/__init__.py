"""What the pages of paper read."""
