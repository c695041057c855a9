"""Save a running site into a folder, and bring it back: the database, the files people gave, and what a restore must
not undo. Never the secrets of KEYS_DIR, never the ledger: docs/running.md says how those are kept."""
