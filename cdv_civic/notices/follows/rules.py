"""When digests and reminders are due, and what belongs to one. Pure: moments are aware, days are the territory's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, Protocol, TypeVar
from zoneinfo import ZoneInfo


class NewsChannel(StrEnum):
    """How somebody hears of what they follow."""

    EMAIL = "email"
    SMS = "sms"
    NONE = "none"  #: they read it on the site


class Rhythm(StrEnum):
    """How often."""

    DAILY = "daily"
    WEEKLY = "weekly"


CHANNELS: Final = tuple(channel.value for channel in NewsChannel)
RHYTHMS: Final = tuple(rhythm.value for rhythm in Rhythm)
#: Things that one account follows at most.
MOST_FOLLOWED: Final = 100
#: A period ends at this hour of the wall clock; a week's on a Monday.
PERIOD_ENDS_AT: Final = time(7)
#: What is published bears the moment at which its transaction began: a period is looked at once all that began within
#: it has ended, so that nothing falls between two.
SETTLED: Final = timedelta(minutes=10)
#: A digest that is late looks back no further: news of two months ago are none.
LONGEST_LOOK_BACK: Final = timedelta(days=62)
#: Things that one digest tells of; it says how many more there are.
MOST_TOLD: Final = 25
#: A reminder leaves from this hour of the day before on, and no later than so long before the beginning.
REMIND_FROM: Final = time(8)
REMIND_UNTIL: Final = timedelta(hours=2)

#: Something that is followed: the kind and the id.
Thing = tuple[str, int]


def rhythm_of(channel: NewsChannel, wished: Rhythm) -> Rhythm:
    """How often a channel is used: text messages cost money and patience, and come once a week at most."""
    return Rhythm.WEEKLY if channel is NewsChannel.SMS else wished


@dataclass(frozen=True)
class NewsPeriod:
    """What a digest is made for."""

    ends_at: datetime  #: UTC
    day: date  #: on which it ends


def last_period(rhythm: Rhythm, now: datetime, zone: ZoneInfo) -> NewsPeriod:
    """The last period that has ended and whose events are all known."""
    local = (now - SETTLED).astimezone(zone)
    day = local.date() if local.time() >= PERIOD_ENDS_AT else local.date() - timedelta(days=1)
    if rhythm is Rhythm.WEEKLY:
        day -= timedelta(days=day.weekday())
    return NewsPeriod(datetime.combine(day, PERIOD_ENDS_AT, tzinfo=zone).astimezone(UTC), day)


def told_from(told_until: datetime, ends_at: datetime) -> datetime:
    """From when on (excluded) a digest tells what happened."""
    return max(told_until, ends_at - LONGEST_LOOK_BACK)


class Dated(Protocol):
    """Something that happened to some of the things that can be followed."""

    @property
    def key(self) -> str:
        """What tells it from all others."""

    @property
    def at(self) -> datetime:
        """When it became public."""

    @property
    def things(self) -> frozenset[Thing]:
        """All that it happened to, among what was asked for."""


Event = TypeVar("Event", bound=Dated)


def told(
    events: Iterable[Event], follows: Mapping[Thing, datetime], since: datetime, until: datetime
) -> list[Event]:
    """What a digest tells to whoever follows things since certain moments: each event once, in the order of events.

    An event belongs to the period in which it became public, `since` excluded and `until` included, and to whoever
    followed one of its things before. As periods touch and do not overlap, each event is told once.
    """
    found: dict[str, Event] = {}
    for event in events:
        followed = any(thing in follows and follows[thing] < event.at for thing in event.things)
        if followed and since < event.at <= until:
            found.setdefault(event.key, event)
    return list(found.values())


def reminds(now: datetime, starts_at: datetime, zone: ZoneInfo) -> bool:
    """Whether a reminder of a date that starts then may be written now: from the morning of the day before on."""
    day_before = starts_at.astimezone(zone).date() - timedelta(days=1)
    return datetime.combine(day_before, REMIND_FROM, tzinfo=zone) <= now <= starts_at - REMIND_UNTIL
