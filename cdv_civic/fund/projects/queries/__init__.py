"""What the form, the receipt’s own page and the pages of a relais read."""
