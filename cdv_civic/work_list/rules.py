"""Which work comes first, who works at all, and on which day a mail sums it up."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from cdv_civic.core.policy.model import Actor, Role

#: Due within so many days, it comes before what has no day.
SOON_DAYS: Final = 7
#: Mails leave from this hour on and before the other one, where the territory lives: nobody is woken.
FIRST_HOUR: Final = 7
LAST_HOUR: Final = 20
_SATURDAY: Final = 5
#: Who comes so long after the day of a week's mail waits for that of the next.
_COMES_IN: Final = timedelta(days=2)
#: Roles that come by themselves; whoever holds another one works here.
_OF_EVERYBODY: Final = frozenset({Role.PERSON, Role.RESIDENT})


class Urgency(IntEnum):
    """How much something presses, the most urgent first."""

    LATE = 0
    SOON = 1
    WAITING = 2


class Period(StrEnum):
    """How often a person wants a mail about their work."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


#: For whoever never chose.
USUAL_PERIOD: Final = Period.WEEKLY


@dataclass(frozen=True)
class Waiting:
    """When something must be done, and since when it waits; None: nobody said."""

    due_on: date | None
    since_on: date | None


def works(actor: Actor) -> bool:
    """Whether somebody holds a role that was given to them."""
    return any(grant.role not in _OF_EVERYBODY for grant in actor.grants)


def urgency(due_on: date | None, today: date) -> Urgency:
    """How much something presses by the day that it is due."""
    if due_on is None or due_on > today + timedelta(days=SOON_DAYS):
        return Urgency.WAITING
    return Urgency.LATE if due_on < today else Urgency.SOON


def order(one: Waiting, today: date) -> tuple[Urgency, date, date]:
    """The key by which what presses most comes first; then what has waited longest."""
    pressing = urgency(one.due_on, today)
    due = one.due_on if one.due_on is not None and pressing is not Urgency.WAITING else date.max
    return (pressing, due, one.since_on or date.max)


def digest_day(period: Period, now: datetime) -> date | None:
    """The day whose mail may leave at `now`, a moment in the territory's zone; None: none may.

    One mail a day or a week is told by this day: a week's is its Monday, and may leave until Friday, where the site
    was down. Nothing leaves on Saturday and Sunday, nor early or late in the day.
    """
    today = now.date()
    if not FIRST_HOUR <= now.hour < LAST_HOUR or today.weekday() >= _SATURDAY:
        return None
    if period is Period.DAILY:
        return today
    return today - timedelta(days=today.weekday()) if period is Period.WEEKLY else None


def here_before(period: Period, day: date, zone: ZoneInfo) -> datetime | None:
    """The moment before which somebody worked here and wanted such mails, for the mail of `day` to be theirs.

    A week's mail is for whoever was there on its Monday or Tuesday: a role that is given on Thursday is no reason to
    write that same Thursday. None: whenever they came.
    """
    return datetime.combine(day + _COMES_IN, time(), zone) if period is Period.WEEKLY else None
