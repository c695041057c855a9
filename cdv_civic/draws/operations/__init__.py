"""What the desk does with a draw of lots: prepare, publish, withdraw somebody, enter the seed, propose seats."""
