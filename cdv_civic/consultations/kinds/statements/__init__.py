"""Statements: residents say of short sentences whether they agree, pass, or do not agree; some may add one."""
