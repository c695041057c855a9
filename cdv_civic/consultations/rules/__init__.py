"""Pure decisions: when what is allowed, what an answer may say."""
