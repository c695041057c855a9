"""The features that offer something to do, asked for one place.

    register_activities(app, "meetings", meetings_to_come)

A source answers for a quartier, a body, several quartiers, or the whole site, in a constant number of statements, and
in none where the page has read what it needs (`Asked.known`). Nothing here compares quartiers: what ends soonest comes
first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from flask import Flask

from cdv_civic.core import clock
from cdv_civic.core.localized import Words
from cdv_civic.core.registry import Registry
from cdv_civic.core.web.validity import valid_until
from cdv_civic.territory.activities.rules import Span, Timing, next_change, order, timing_of

#: How many a page shows; a link leads to the others.
MOST_SHOWN: Final = 3


@dataclass(frozen=True)
class Asked:
    """The place that is asked about, by ids; with neither, the whole site."""

    language: str
    now: datetime
    quartiers: tuple[int, ...] = ()
    body: int | None = None
    #: What the page has read already, by the name of the source that would read it.
    known: Mapping[str, Any] = field(default_factory=dict)

    @property
    def everywhere(self) -> bool:
        """Whether the whole site is asked about. What has no end is told only where a place is named."""
        return not self.quartiers and self.body is None


@dataclass(frozen=True)
class Activity:
    """One thing that people can do."""

    #: What it is, in a word: « Réunion ».
    kind: Any
    icon: str
    title: Words | str
    url: str
    span: Span
    #: Whose it is, where the title does not say it: the name of a body.
    where: str = ""


@dataclass(frozen=True)
class Current:
    """What can be done, what ends soonest first."""

    activities: Sequence[Activity]
    now: datetime
    #: Until when this is so, UTC: something opens or ends then, or the day does.
    next_change: datetime

    @property
    def shown(self) -> Sequence[Activity]:
        """Those that a page shows beside other things."""
        return self.activities[:MOST_SHOWN]

    @property
    def more(self) -> int:
        """How many there are besides."""
        return max(0, len(self.activities) - MOST_SHOWN)


Source = Callable[[Asked], Sequence[Activity]]
_SOURCES: Final = Registry[Source]("activities")


def register_activities(app: Flask, name: str, source: Source) -> None:
    """Declare what a feature offers to do; raises `RegisteredTwice`."""
    _SOURCES.add(app, name, source)


def current_activities(
    language: str,
    *,
    quartiers: Sequence[int] = (),
    body: int | None = None,
    known: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Current:
    """What can be done in a place, now or soon; within a request.

    `now`: before the page read what is `known`, so that what ended meanwhile ends the page too. A statement for each
    source of which the page knows nothing yet.
    """
    now = now or clock.now()
    asked = Asked(language, now, tuple(quartiers), body, known or {})
    found = [activity for source in _SOURCES.entries().values() for activity in source(asked)]
    left = sorted(
        (each for each in found if timing_of(each.span, now) is not Timing.OVER),
        key=lambda each: order(each.span),
    )
    until = next_change([each.span for each in left], now, clock.zone())
    valid_until(until)
    return Current(left, now, until)
