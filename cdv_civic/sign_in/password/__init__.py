"""Sign-in by a password, and a new one for whoever lost theirs."""
