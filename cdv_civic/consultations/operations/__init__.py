"""Acts on consultations and on answers, one transaction each."""
