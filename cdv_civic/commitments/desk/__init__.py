"""The staff's desk: what waits, the table of all commitments, and the acts on one of them."""
