"""The staff’s pages of bodies: the list, one body, its meetings and their occurrences, its publications."""
