"""The ways in: a password with a second step, another service (OpenID Connect), a link or a code by message."""
