"""What pages read of things that are commented, and of what was said of them."""
