"""What pages of ideas read."""
