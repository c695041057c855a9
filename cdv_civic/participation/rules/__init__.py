"""Pure decisions about taking part: who, when, by which channel, under which name, with which receipt."""
