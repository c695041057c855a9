"""Groups of ideas: who may object to where an idea went, and until when; and when residents can choose among them."""

from datetime import datetime
from enum import StrEnum
from typing import Final

LONGEST_TITLE: Final = 120
LONGEST_WORDS: Final = 1000
LONGEST_OBJECTION: Final = 1000
LONGEST_ANSWER: Final = 1000
MOST_GROUPS: Final = 60
MOST_AT_ONCE: Final = 200
#: One does not choose among fewer.
FEWEST_CHOICES: Final = 2


class WhyNotObject(StrEnum):
    """What keeps an author from objecting to where their idea went."""

    #: It went nowhere yet.
    NOT_GROUPED = "not_grouped"
    #: Each author objects once.
    DONE = "done"
    #: The citizens' choice is open: moving an idea would change what is being chosen.
    CHOICE_OPEN = "choice_open"


def why_not_object(
    *, grouped: bool, objected: bool, choice_opened_at: datetime | None, now: datetime
) -> WhyNotObject | None:
    """What stands against an objection; None: nothing does."""
    if not grouped:
        return WhyNotObject.NOT_GROUPED
    if objected:
        return WhyNotObject.DONE
    if choice_opened_at is not None and choice_opened_at <= now:
        return WhyNotObject.CHOICE_OPEN
    return None


class WhyNoChoice(StrEnum):
    """What keeps residents from choosing among the groups of a box."""

    NOT_SHOWN = "not_shown"
    #: Whoever objected has the answer first.
    OBJECTIONS_WAIT = "objections_wait"
    FEW_GROUPS = "few_groups"


def why_no_choice(*, shown: bool, waiting: int, retained: int) -> WhyNoChoice | None:
    """What stands against a choice; None: nothing does. `waiting`: objections without an answer."""
    if not shown:
        return WhyNoChoice.NOT_SHOWN
    if waiting:
        return WhyNoChoice.OBJECTIONS_WAIT
    if retained < FEWEST_CHOICES:
        return WhyNoChoice.FEW_GROUPS
    return None
