"""The staff's pages of cards."""
