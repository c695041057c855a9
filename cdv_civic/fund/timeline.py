"""The calendar of a round as a line of steps."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from cdv_civic.fund.rule_words import DAYS
from cdv_civic.fund.rules.calendars import RoundCalendar


@dataclass(frozen=True)
class CalendarStep:
    """One day of a calendar."""

    label: Any
    on: date
    past: bool
    next: bool  #: the first that is not past


def calendar_steps(calendar: RoundCalendar, today: date) -> list[CalendarStep]:
    """The days that are defined, in their order."""
    days = list(calendar.days())
    following = next((day for day, on in days if on >= today), None)
    return [CalendarStep(DAYS[day], on, on < today, day is following) for day, on in days]
