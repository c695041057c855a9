"""Pure decisions about ideas."""
