"""Acts of whoever answers, and what is forgotten of them: one transaction each."""
