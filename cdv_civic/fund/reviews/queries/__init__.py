"""What pages about reviews read."""
