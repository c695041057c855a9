"""The moderators’ desk: what waits, one text with all that is known of it, and a form for each act."""
