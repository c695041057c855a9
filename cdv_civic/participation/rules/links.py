"""What can be linked with what: a consultation, the project that came of it, the commitment that it is about."""

from enum import StrEnum
from typing import NamedTuple


class ThingKind(StrEnum):
    """The kinds of things that are linked, as rows keep them."""

    COMMITMENT = "engagement"
    VOICE = "parole"
    PUBLICATION = "publication"
    CONSULTATION = "consultation"
    PROJECT = "projet"
    FINDING = "constat"


class LinkKind(StrEnum):
    """What one thing is to the other, read from the first to the second."""

    ABOUT = "porte_sur"
    ANSWERS = "repond_a"
    LED_TO = "a_donne"


class Thing(NamedTuple):
    """One thing, by its kind and id."""

    kind: ThingKind
    id: int
