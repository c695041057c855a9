"""« Mon espace »: what a person sees, corrects, takes away and erases of what is theirs."""
