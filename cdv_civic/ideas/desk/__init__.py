"""The desk of whoever keeps boxes of ideas."""
