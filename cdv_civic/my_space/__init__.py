"""« Mon espace »: what is held about a person, theirs to see, correct, take away and erase; how long it is kept."""
