"""Sign-in by another service (OpenID Connect)."""
