"""Pure decisions of moderation."""
