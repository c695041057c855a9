"""What the public pages read, brought together from the features. Every function says what it costs."""
