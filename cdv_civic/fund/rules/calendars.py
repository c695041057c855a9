"""The calendar of a round: days that follow one another, each of which may be open, and when projects are taken."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final

from cdv_civic.participation.rules.phases import Phase, Phases

#: What an open round allows.
PUT: Final = "put"


class CalendarDay(StrEnum):
    """The days of a round, in the order in which they come; named as the fields that hold them."""

    OPENS = "opens_on"
    CLOSES = "closes_on"  #: counts still; none: projects are taken all year
    INSTRUCTION = "instruction_until"
    OPINION = "opinion_until"
    CHOICE = "choice_on"
    DECISION = "decision_until"
    PAYMENT = "payment_until"
    REVIEW = "review_until"


@dataclass(frozen=True)
class RoundCalendar:
    """Days in the territory's zone; None: not defined."""

    opens_on: date | None = None
    closes_on: date | None = None
    instruction_until: date | None = None
    opinion_until: date | None = None
    choice_on: date | None = None
    decision_until: date | None = None
    payment_until: date | None = None
    review_until: date | None = None

    def days(self) -> Iterator[tuple[CalendarDay, date]]:
        """Those that are defined, in the order in which they should come."""
        for each in CalendarDay:
            day = getattr(self, each.value)
            if day is not None:
                yield each, day

    def contradictions(self) -> list[tuple[CalendarDay, CalendarDay]]:
        """Each day that lies before the one that it should follow, with that one."""
        return [(later, earlier) for (earlier, first), (later, then) in pairwise(self.days()) if then < first]


def round_phases(opens_at: datetime | None, closes_at: datetime | None) -> Phases:
    """When a round takes projects; without an end, all year. Raises `phases.BadPhases`."""
    return Phases([Phase("open", frozenset({PUT}), opens_at, closes_at)])
