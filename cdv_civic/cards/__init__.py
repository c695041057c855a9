"""Personal cards: a printed code and its QR, for those who have no e-mail and no telephone of their own."""
