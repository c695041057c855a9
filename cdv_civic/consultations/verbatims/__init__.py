"""Texts of answers that an organiser chooses, to publish them without a name once a moderator has read them."""
