"""Who may take part, when, how it is counted, and how it is found again: decided once, for all ways of taking part."""
