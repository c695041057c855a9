"""Contract packs: their format, the rules that merge a newer file, and the importer."""
