"""The web side of core: what every page, and every answer, shares."""
