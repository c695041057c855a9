"""The desk of draws of lots: from the first form to the seats."""
