"""The dates of events that were read, as lists of them show them. Nothing here costs a statement."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cdv_civic.bodies.queries.events import BodyEvent, OccurrenceLine, occurrence_line
from cdv_civic.bodies.rules import AHEAD, Occurrence
from cdv_civic.core import clock

#: Dates of one meeting that recurs, on a page: more would hide the others.
MOST_OF_ONE: Final = 3
MOST_COMING: Final = 8
MOST_PAST: Final = 6
#: On a page of nothing else.
MOST_LISTED: Final = 24
MOST_LISTED_OF_ONE: Final = 12


def _few(found: Sequence[Occurrence], limit: int) -> list[Occurrence]:
    """The first occurrences that are not cancelled, and the cancelled ones between them."""
    kept, held = [], 0
    for each in found:
        if held == limit:
            break
        kept.append(each)
        held += not each.cancelled
    return kept


def coming(
    events: Sequence[BodyEvent], now: datetime, limit: int = MOST_COMING, of_one: int = MOST_OF_ONE
) -> list[OccurrenceLine]:
    """The next dates, the earliest first; of one event that recurs, `of_one`. Cancelled ones are among them."""
    here = clock.zone()
    found = [
        occurrence_line(event, each, here)
        for event in events
        for each in _few(event.ahead(now), 1 if event.cancelled_at else of_one)
    ]
    return sorted(found, key=lambda one: (one.day, one.hours[0].start, one.event.id))[:limit]


def past(
    events: Sequence[BodyEvent], now: datetime, limit: int = MOST_PAST, of_one: int = MOST_OF_ONE
) -> list[OccurrenceLine]:
    """The latest dates that were held within a year, the newest first; of one event that recurs, `of_one`."""
    here = clock.zone()
    found = [
        occurrence_line(event, each, here)
        for event in events
        if event.cancelled_at is None
        for each in [one for one in event.behind(now, AHEAD) if not one.cancelled][-of_one:]
    ]
    return sorted(found, key=lambda one: (one.day, one.hours[0].start, one.event.id), reverse=True)[:limit]
