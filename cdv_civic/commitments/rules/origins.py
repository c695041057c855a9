"""How a part of a contract was drawn up. No contract says it of itself: staff do, or nobody."""

from enum import StrEnum
from typing import Final

#: Characters of what staff add, in each language.
LONGEST_NOTE: Final = 400


class Origin(StrEnum):
    """Who had a say before it was written."""

    RESIDENTS = "habitants"
    #: On some of its points.
    PARTLY = "en_partie"
    #: None of its own.
    NO_CONSULTATION = "sans_concertation"
