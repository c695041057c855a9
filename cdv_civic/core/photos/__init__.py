"""Photos that people send: read in a process of their own, stripped and made small."""
