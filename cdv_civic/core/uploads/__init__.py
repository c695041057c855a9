"""Files that people give: received, kept in a store, served, and cleared away where nothing names them."""
