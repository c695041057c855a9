"""What strangers and insiders tried, repeated: one module a theme (docs/security.md lists them)."""
