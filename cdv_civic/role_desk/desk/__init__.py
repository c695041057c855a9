"""The desk of accounts and roles: who holds which, inviting, giving and ending roles, who may do what."""
