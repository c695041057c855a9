"""What pages read of consultations. Every function says what it costs."""
