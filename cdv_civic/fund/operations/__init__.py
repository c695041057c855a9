"""What verbs about funds share: rows held still, states that follow one another, money that is reserved."""
