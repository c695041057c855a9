"""Acts on results: counting, closing, correcting, reading words; one transaction each."""
