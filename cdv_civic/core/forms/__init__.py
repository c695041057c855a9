"""Forms: their protection, what they share, and the one way to receive one."""
