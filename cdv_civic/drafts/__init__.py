"""What somebody has begun to write: kept on their device and, where they ask for it, with their account."""
