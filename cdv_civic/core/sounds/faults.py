"""Why a recording is not taken."""


class NotASound(ValueError):
    """It is none of the formats that are read here."""


class DamagedSound(ValueError):
    """Its parts do not fit together, or its end is missing."""


class AFilm(ValueError):
    """It holds pictures that move."""
