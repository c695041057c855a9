"""What changes appeals: somebody contests a decision, and another person answers."""
