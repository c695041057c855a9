"""The desk of roles: who is invited, what they may do, from when until when."""
