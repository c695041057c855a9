"""The words that a territory asks moderators to look at."""
