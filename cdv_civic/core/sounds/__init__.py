"""Recordings of a voice that people send: looked through, stripped of all they say beside the sound, never decoded."""
