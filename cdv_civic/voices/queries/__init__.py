"""What pages read of what residents say."""
