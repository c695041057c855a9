"""Texts that somebody says should not stand there."""
