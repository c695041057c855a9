"""The meetings and permanences of the next weeks, for « En ce moment »."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from flask import Flask, url_for

from cdv_civic.bodies.queries.events import BodyEvent, events_to_come
from cdv_civic.bodies.rules import Slot
from cdv_civic.core import clock
from cdv_civic.territory.activities.registry import Activity, Asked, register_activities
from cdv_civic.territory.activities.rules import Span

#: The name of this source: pages that have read events of bodies give them under it.
MEETINGS: Final = "meetings"
#: What is later is read among the dates of the body.
AHEAD: Final = timedelta(days=31)
#: What is said of a slot whose end nobody gave.
USUAL_LENGTH: Final = timedelta(hours=2)


def _span(slot: Slot) -> Span:
    return Span(slot.start, slot.end or slot.start + USUAL_LENGTH)


def _next_span(event: BodyEvent, asked: Asked) -> Span | None:
    """The next time that an event is held: of a series one alone, so that it does not hide the others."""
    today = asked.now.astimezone(clock.zone()).date()
    if event.cancelled_at is not None:
        return None
    spans = (
        _span(slot)
        for each in event.occurrences(today - timedelta(days=1), today + AHEAD)
        if not each.cancelled
        for slot in each.slots
    )
    return next((span for span in spans if span.closes_at is None or span.closes_at > asked.now), None)


def _found(events: Sequence[BodyEvent], asked: Asked) -> Iterator[Activity]:
    for event in events:
        span = _next_span(event, asked)
        if span is not None:
            yield Activity(
                event.kind.label,
                event.kind.icon,
                event.title,
                url_for("bodies.meeting", contract=event.contract, slug=event.body_slug, meeting_id=event.id),
                span,
                event.body_name,
            )


def meetings(asked: Asked) -> Sequence[Activity]:
    """The next date of each event; 1 statement, or none where the page has read the events of its place."""
    events: Sequence[BodyEvent] | None = asked.known.get(MEETINGS)
    if events is None:
        today = asked.now.astimezone(clock.zone()).date()
        events = events_to_come(asked.language, today, AHEAD, quartiers=asked.quartiers, body_id=asked.body)
    return list(_found(events, asked))


def register(app: Flask) -> None:
    """Declare them."""
    register_activities(app, MEETINGS, meetings)
