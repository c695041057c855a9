"""Verbs that change commitments: one transaction each, permission checked inside, a line in the audit log."""
