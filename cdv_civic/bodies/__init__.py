"""The life of the bodies: what they are, when they meet, what they publish."""
