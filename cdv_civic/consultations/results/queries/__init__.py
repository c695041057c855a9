"""What pages of results read. Every function says what it costs."""
