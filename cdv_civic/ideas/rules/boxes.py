"""When a box takes ideas, what it shows of supports, and what it lacks before everybody sees it."""

import re
from collections.abc import Collection
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Final

from cdv_civic.participation.rules.channels import Channel
from cdv_civic.participation.rules.phases import Phase, Phases, first_day, last_day


class SupportsShown(StrEnum):
    """When everybody reads how many people support an idea."""

    #: In steps of the threshold below which counts of people are not published.
    IN_STEPS = "par_paliers"
    #: Nothing while the box is open: nobody follows the crowd.
    AFTER_CLOSING = "apres"


SUPPORTS_SHOWN: Final = tuple(each.value for each in SupportsShown)
#: What an open box allows.
PUT: Final = "put"
SUPPORT: Final = "support"

#: Where a relais meets whoever tells an idea.
RELAIS_CHANNELS: Final = (
    Channel.STREET, Channel.MARKET, Channel.SCHOOL_GATE, Channel.DOOR, Channel.HOME, Channel.PERMANENCE,
    Channel.TELEPHONE,
)  # fmt: skip
#: How an idea came that somebody typed in: by any way but the site itself.
ENTERED_CHANNELS: Final = tuple(each for each in Channel if each is not Channel.ONLINE)

LONGEST_TITLE: Final = 120
LONGEST_QUESTION: Final = 600
LONGEST_ANSWERER: Final = 300
MOST_ANSWER_DAYS: Final = 365
LONGEST_SLUG: Final = 60
_NO_LETTERS: Final = re.compile(r"[^a-z0-9]+")


def box_phases(opens_at: datetime | None, closes_at: datetime | None) -> Phases:
    """When a box takes ideas and supports; without either, all year. Raises `phases.BadPhases`."""
    return Phases([Phase("open", frozenset({PUT, SUPPORT}), opens_at, closes_at)])


class WhyNotEnter(StrEnum):
    """What keeps somebody from typing in an idea that was said or written on a day."""

    #: The day is still to come.
    TO_COME = "to_come"
    BEFORE_OPENING = "before_opening"
    AFTER_CLOSING = "after_closing"
    #: Residents choose among the groups: an idea that comes now would be in none.
    CHOICE_OPEN = "choice_open"


def why_not_enter(
    said_on: date,
    now: datetime,
    zone: tzinfo,
    *,
    opens_at: datetime | None,
    closes_at: datetime | None,
    choice_open: bool,
) -> WhyNotEnter | None:
    """What stands against typing in an idea; None: nothing does.

    The day on which it was said or written counts, not that of the typing: the slips of a meeting are typed the day
    after, also where the box closed that evening. Nothing comes in before it opens, not on its first day either.
    """
    if choice_open:
        return WhyNotEnter.CHOICE_OPEN
    if said_on > now.astimezone(zone).date():
        return WhyNotEnter.TO_COME
    if opens_at is not None and (now < opens_at or said_on < first_day(opens_at, zone)):
        return WhyNotEnter.BEFORE_OPENING
    if closes_at is not None and said_on > last_day(closes_at, zone):
        return WhyNotEnter.AFTER_CLOSING
    return None


def shown_supports(shown: str, counted: int, *, closed: bool) -> int | None:
    """What is told of the supports of an idea; None: nothing yet. 0 says that they are few."""
    return counted if closed or shown == SupportsShown.IN_STEPS else None


def slug_of(folded: str) -> str:
    """The name of a box in addresses, from its folded title; with a hyphen, so that it never reads as a number."""
    found = ""
    for word in _NO_LETTERS.sub(" ", folded).split():
        longer = f"{found}-{word}" if found else word[:LONGEST_SLUG]
        if len(longer) > LONGEST_SLUG:
            break
        found = longer
    return found if "-" in found else f"idees-{found}".rstrip("-")


def free_slug(wanted: str, taken: Collection[str]) -> str:
    """The first name that nobody has: `wanted`, else with a number."""
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    return found
