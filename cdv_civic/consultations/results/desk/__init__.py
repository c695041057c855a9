"""The organiser's pages of results: how many came and how, what was written, what is published."""
