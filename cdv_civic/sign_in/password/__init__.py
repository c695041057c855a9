"""Sign-in by a password, and a new one for who lost theirs."""
