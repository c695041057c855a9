"""What finds places in a text that a moderator should look at: each detector reads a text as it is seen, once."""
