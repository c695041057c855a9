"""What pages read of commitments. Every function says how many SQL statements it costs."""
