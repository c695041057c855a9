"""What `make` runs to keep the tree in order: translation catalogues, reports of known weaknesses."""
