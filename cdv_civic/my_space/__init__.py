"""« Mon compte »: what is kept about a person, theirs to see, correct, take away and erase; how long it is kept."""
