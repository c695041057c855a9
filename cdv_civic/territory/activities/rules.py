"""What comes first of that which can be done, and until when what a page says of it is right."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Span:
    """From when until when something can be done, UTC; the end is the first moment at which it cannot any more."""

    #: None: it has begun long ago.
    opens_at: datetime | None = None
    #: None: it has no end.
    closes_at: datetime | None = None


class Timing(StrEnum):
    """Where a moment lies before, in or after a span."""

    COMING = "coming"
    OPEN = "open"
    OVER = "over"


def timing_of(span: Span, now: datetime) -> Timing:
    """Where `now` lies."""
    if span.closes_at is not None and span.closes_at <= now:
        return Timing.OVER
    return Timing.COMING if span.opens_at is not None and span.opens_at > now else Timing.OPEN


def order(span: Span) -> tuple[bool, float, float]:
    """The key by which what ends soonest comes first, and what has no end last."""
    closes = span.closes_at.timestamp() if span.closes_at is not None else 0.0
    opens = span.opens_at.timestamp() if span.opens_at is not None else 0.0
    return (span.closes_at is None, closes, opens)


def next_change(spans: Iterable[Span], now: datetime, zone: ZoneInfo) -> datetime:
    """Until when a page made at `now` says what is so: something opens or ends, or the day does (« demain »). UTC."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    moments = [_midnight(tomorrow, zone)]
    moments += [
        moment
        for span in spans
        for moment in (span.opens_at, span.closes_at)
        if moment is not None and moment > now
    ]
    return min(moments).astimezone(now.tzinfo)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
