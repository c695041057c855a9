"""The second step: the code of an authenticator app (TOTP), and recovery codes."""
