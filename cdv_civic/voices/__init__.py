"""« La parole »: what residents say to a body, its way to an answer, and writing it down for somebody else."""
