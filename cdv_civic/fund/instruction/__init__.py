"""The desk that looks at projects: what the rules say of each, what is missing, what can be chosen, what was paid."""
