"""Calendars read by the rules of RFC 5545 alone."""

from datetime import UTC, datetime
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar
from icalendar import Event as CalendarEvent


def entries(answer: bytes) -> list[CalendarEvent]:
    """The events of a calendar, as they stand in it."""
    found = Calendar.from_ical(answer)
    return [each for each in found.walk("VEVENT") if isinstance(each, CalendarEvent)]


def expanded(found: list[CalendarEvent]) -> list[datetime]:
    """All moments that a calendar shows as held."""
    moments: dict[tuple[str, datetime], datetime] = {}
    for entry in (each for each in found if "recurrence-id" not in each):
        start = entry.decoded("dtstart")
        gone: Any = entry.get("exdate", [])
        out = {
            moment.dt.astimezone(UTC)
            for group in (gone if isinstance(gone, list) else [gone])
            for moment in group.dts
        }
        rule: Any = entry.get("rrule")
        for moment in rrulestr(rule.to_ical().decode(), dtstart=start) if rule else [start]:
            there = moment.astimezone(UTC)
            named = str(entry["uid"]), there
            assert named not in moments, "one entry for one moment"
            if there not in out and str(entry["status"]) != "CANCELLED":
                moments[named] = there
    for entry in (each for each in found if "recurrence-id" in each):
        named = str(entry["uid"]), entry.decoded("recurrence-id").astimezone(UTC)
        assert named in moments, "it stands for a date of the series"
        moments[named] = entry.decoded("dtstart").astimezone(UTC)
    return list(moments.values())
