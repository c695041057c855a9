"""The page of one commitment: all that is known of it, gathered in a constant number of statements."""
