"""Forms of the desk of consultations."""
