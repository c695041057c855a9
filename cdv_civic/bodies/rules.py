"""When a body meets. Pure: no database, no web.

A recurrence counts in days of the wall calendar where the territory lives: a permanence at ten o'clock stays at ten
when summer time begins or ends.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from dateutil import rrule

STATES: Final = ("actif", "a_relancer", "en_sommeil")
MEETING: Final = "meeting"
PERMANENCE: Final = "permanence"
KINDS: Final = (MEETING, PERMANENCE)
#: What a body publishes of one date of a meeting: before it, and after it.
AGENDA: Final = "ordre_du_jour"
MINUTES: Final = "compte_rendu"
OF_A_MEETING: Final = (AGENDA, MINUTES)
#: What it publishes besides.
OPINION: Final = "avis"
ON_ITS_OWN: Final = (OPINION, "bilan", "courrier", "autre")
PUBLICATION_KINDS: Final = (*OF_A_MEETING, *ON_ITS_OWN)
#: What was decided of one date of a series: `RESTORED` takes back either of the others.
CANCELLED: Final = "cancelled"
MOVED: Final = "moved"
RESTORED: Final = "restored"
EXCEPTIONS: Final = (CANCELLED, MOVED, RESTORED)
#: Announced later than this, people cannot make themselves free: the first complaint on record.
FAIR_NOTICE_DAYS: Final = 7
#: How far ahead pages look.
AHEAD: Final = timedelta(days=366)
#: Weeks between two meetings, at most.
LONGEST_INTERVAL: Final = 12
LAST: Final = -1
#: Nobody meets for longer than that over midnight.
LONGEST_NIGHT: Final = timedelta(hours=10)
_ALL_MONTHS: Final = frozenset(range(1, 13))


class Every(StrEnum):
    """What a recurrence counts in."""

    WEEK = "week"
    MONTH = "month"


class BadRecurrence(ValueError):
    """A recurrence that gives no day, or that stored data spells wrongly."""


@dataclass(frozen=True)
class Recurrence:
    """Every `interval` weeks on the weekday of the first day; or each month on its `nth` `weekday`."""

    every: Every
    interval: int = 1
    #: 1 to 4, or `LAST`; months only.
    nth: int | None = None
    #: 0 is Monday.
    weekday: int = 0
    #: 1 to 12: no meeting in these.
    except_months: frozenset[int] = frozenset()
    #: The last day that may be one.
    until: date | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.interval <= LONGEST_INTERVAL or not 0 <= self.weekday <= 6:
            raise BadRecurrence("interval or weekday")
        if (self.every is Every.MONTH) != (self.nth is not None) or self.nth not in (None, 1, 2, 3, 4, LAST):
            raise BadRecurrence("nth")
        if self.every is Every.MONTH and self.interval != 1:
            raise BadRecurrence("interval")
        if not self.except_months < _ALL_MONTHS:
            raise BadRecurrence("months")

    def as_data(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "every": self.every.value,
            "interval": self.interval,
            "nth": self.nth,
            "weekday": self.weekday,
            "except_months": sorted(self.except_months),
            "until": self.until.isoformat() if self.until else None,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Recurrence":
        """From what is stored; raises `BadRecurrence`."""
        try:
            return cls(
                Every(data["every"]),
                data["interval"],
                data["nth"],
                data["weekday"],
                frozenset(data["except_months"]),
                date.fromisoformat(data["until"]) if data["until"] else None,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadRecurrence(str(error)) from error

    @property
    def months(self) -> list[int]:
        """The months it happens in, in order."""
        return sorted(_ALL_MONTHS - self.except_months)


def nth_of_month(day: date) -> int:
    """1 for the first Saturday of its month, to 4; a fifth one is the last (`LAST`)."""
    nth = (day.day - 1) // 7 + 1
    return nth if nth <= 4 else LAST


def weekly(first: date, interval: int = 1, **more: Any) -> Recurrence:
    """Every `interval` weeks from `first`."""
    return Recurrence(Every.WEEK, interval, weekday=first.weekday(), **more)


def is_fourth_and_last(day: date) -> bool:
    """Whether a day is the fourth of its month and the last too: what it means of other months has to be asked."""
    return nth_of_month(day) == 4 and (day + timedelta(days=7)).month != day.month


def monthly(first: date, *, last: bool = False, **more: Any) -> Recurrence:
    """Each month on the weekday of `first` and at its place: the first Saturday, the second Wednesday.

    `last`: a fourth one that is the last too stands for the last one.
    """
    nth = LAST if last and is_fourth_and_last(first) else nth_of_month(first)
    return Recurrence(Every.MONTH, nth=nth, weekday=first.weekday(), **more)


def to_utc(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment that the clocks on the wall of `zone` show."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def _near(first: date, recurrence: Recurrence, since: date) -> date:
    """A day from which the same days follow as from `first`, near `since`: a series of years is not counted through."""
    if since <= first:
        return first
    if recurrence.every is Every.MONTH:
        return max(first, since.replace(day=1))
    rhythm = timedelta(weeks=recurrence.interval)
    return first + (since - first) // rhythm * rhythm


def days(first: date, recurrence: Recurrence | None, since: date, before: date) -> Iterator[date]:
    """The days from `since` (included) to `before` (excluded), in order, the earliest being `first`."""
    if recurrence is None:
        if since <= first < before:
            yield first
        return
    last = before - timedelta(days=1)
    if recurrence.until is not None:
        last = min(last, recurrence.until)
    if last < first:
        return
    monthly = recurrence.every is Every.MONTH
    weekday = rrule.weekdays[recurrence.weekday]
    found = rrule.rrule(
        rrule.MONTHLY if monthly else rrule.WEEKLY,
        dtstart=datetime.combine(_near(first, recurrence, since), time()),
        interval=recurrence.interval,
        byweekday=weekday(recurrence.nth) if monthly else weekday,
        bymonth=recurrence.months,
        until=datetime.combine(last, time()),
    )
    for moment in found:
        if moment.date() >= since:
            yield moment.date()


def starts_on_a_day_of_its_own(first: date, recurrence: Recurrence) -> bool:
    """Whether the first day is one that the recurrence gives; calendars ask for it (RFC 5545, DTSTART)."""
    return next(days(first, recurrence, first, first + timedelta(days=1)), None) == first


@dataclass(frozen=True, order=True)
class Slot:
    """From when to when, UTC. The end may be unknown, or on the next day."""

    start: datetime
    end: datetime | None = None


def slot_of(day: date, start: time, end: time | None, zone: ZoneInfo) -> Slot:
    """What somebody means by two hours of the wall clock: from 20:00 to 00:30 ends the next day.

    An end that lies too far from its start is a slip of the pen (18:00 to 17:00): it stays before it, to be refused.
    """
    if end is None:
        return Slot(to_utc(day, start, zone))
    night = datetime.combine(day + timedelta(days=1), end) - datetime.combine(day, start)
    ends_on = day + timedelta(days=1) if night <= LONGEST_NIGHT else day
    return Slot(to_utc(day, start, zone), to_utc(ends_on, end, zone))


def on_day(slot: Slot, day: date, zone: ZoneInfo) -> Slot:
    """The same hours of the wall clock on another day."""
    start = slot.start.astimezone(zone)
    if slot.end is None:
        return Slot(to_utc(day, start.time(), zone))
    end = slot.end.astimezone(zone)
    ends_on = day + (end.date() - start.date())
    return Slot(to_utc(day, start.time(), zone), to_utc(ends_on, end.time(), zone))


def slots(
    own: tuple[Slot, ...], recurrence: Recurrence | None, zone: ZoneInfo, since: date, before: date
) -> Iterator[Slot]:
    """All slots of a meeting on the days from `since` (included) to `before` (excluded), in order.

    `own` are those of its first day; since and before are days where the territory lives.
    """
    first = own[0].start.astimezone(zone).date()
    for day in days(first, recurrence, since, before):
        for slot in own:
            yield on_day(slot, day, zone)


@dataclass(frozen=True)
class Occurrence:
    """One occurrence of a meeting (RFC 5545)."""

    #: The day that the series gives, wherever it is moved: what calendars call its RECURRENCE-ID.
    key: date
    #: The day it is held on.
    day: date
    slots: tuple[Slot, ...]
    cancelled: bool = False

    @property
    def moved(self) -> bool:
        """Whether it is held on another day than the series gives."""
        return self.day != self.key


#: What was decided of some dates, by the days that the series gives: other slots, or None (cancelled).
Exceptions = Mapping[date, tuple[Slot, ...] | None]


def gives(first: date, recurrence: Recurrence | None, day: date) -> bool:
    """Whether the series gives this day."""
    return next(days(first, recurrence, day, day + timedelta(days=1)), None) is not None


def occurrences(
    own: tuple[Slot, ...],
    recurrence: Recurrence | None,
    exceptions: Exceptions,
    zone: ZoneInfo,
    since: date,
    before: date,
) -> list[Occurrence]:
    """The occurrences, cancelled ones too, from `since` (included) to `before` (excluded), in order.

    An exception of a day that the series does not give (any more) is ignored.
    """
    first = own[0].start.astimezone(zone).date()
    found = []
    for day in days(first, recurrence, since, before):
        if exceptions.get(day) is None:
            slots_of_day = tuple(on_day(slot, day, zone) for slot in own)
            found.append(Occurrence(day, day, slots_of_day, cancelled=day in exceptions))
    for key, changed in exceptions.items():
        if changed is None:
            continue
        day = changed[0].start.astimezone(zone).date()
        if since <= day < before and gives(first, recurrence, key):
            found.append(Occurrence(key, day, changed))
    return sorted(found, key=lambda one: (one.day, one.slots[0].start, one.key))


def ends_at(found: Occurrence, zone: ZoneInfo) -> datetime:
    """When an occurrence is over: at its end, or (where nobody said when it ends) with its day."""
    last = found.slots[-1].end
    return last or to_utc(found.day + timedelta(days=1), time(), zone)


def next_occurrence(
    own: tuple[Slot, ...], recurrence: Recurrence | None, exceptions: Exceptions, zone: ZoneInfo, today: date
) -> Occurrence | None:
    """The first occurrence from today on that is not cancelled; None where all is past. Looks two years ahead."""
    ahead = occurrences(own, recurrence, exceptions, zone, today, today + timedelta(days=730))
    return next((each for each in ahead if not each.cancelled), None)


@dataclass(frozen=True)
class Stranded:
    """A date that was cancelled or moved and that its series, changed, gives no more."""

    key: date
    #: The date that comes in its place: the nearest that the series gives now.
    to: date
    moved_to: date | None = None


def stranded(
    exceptions: Exceptions, first: date, recurrence: Recurrence, zone: ZoneInfo, today: date
) -> list[Stranded]:
    """Dates to come of which nobody knows any more what they are; one that has none in its place is over."""
    taken = {key for key in exceptions if gives(first, recurrence, key)}
    found = []
    for key in sorted(exceptions.keys() - taken):
        changed = exceptions[key]
        moved_to = changed[0].start.astimezone(zone).date() if changed else None
        if max(key, moved_to or key) < today:
            continue
        span = timedelta(days=7 * recurrence.interval // 2 if recurrence.every is Every.WEEK else 15)
        near = [
            day
            for day in days(first, recurrence, key - span, key + span + timedelta(days=1))
            if day not in taken
        ]
        if near:
            to = min(near, key=lambda day: (abs(day - key), day))
            taken.add(to)
            found.append(Stranded(key, to, moved_to))
    return found


class Unit(StrEnum):
    """What people count in until a day comes."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


#: From how many days on which unit is counted in, and its mean length in days.
_UNITS: Final = ((2 * 365, Unit.YEAR, 365.25), (60, Unit.MONTH, 30.44), (21, Unit.WEEK, 7.0))


def counted_ahead(left: int) -> tuple[int, Unit]:
    """So many days as people say them: 6 days, 3 weeks, 5 months; the nearest whole number."""
    for least, unit, length in _UNITS:
        if left >= least:
            return round(left / length), unit
    return left, Unit.DAY


def is_short_notice(first: date, today: date) -> bool:
    """Whether people hear of it less than a week before."""
    return first < today + timedelta(days=FAIR_NOTICE_DAYS)
