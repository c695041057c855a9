"""The answer to a consultation: what was said, what is done of it, what is not and why, and what comes next."""
