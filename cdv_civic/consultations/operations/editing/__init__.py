"""What the organiser of a consultation does to it: prepares it, opens it, prolongs it, corrects it."""
