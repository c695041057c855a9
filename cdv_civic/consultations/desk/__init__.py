"""The pages of those who make consultations."""
