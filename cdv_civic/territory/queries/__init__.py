"""What pages read of places. Every function says how many SQL statements it costs."""
