"""Calendars that telephones subscribe to (RFC 5545)."""

from collections.abc import Sequence
from datetime import UTC, date, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, vRecur
from icalendar import Event as CalendarEvent

from cdv_civic.bodies.queries import Event
from cdv_civic.bodies.rules import Every, Recurrence, Slot, to_utc
from cdv_civic.bodies.wording import language_name
from cdv_civic.core.i18n import _

PRODUCER = "-//cdv_civic//FR"
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def recurrence_rule(recurrence: Recurrence, zone: ZoneInfo) -> vRecur:
    """The same recurrence as calendars write it. UNTIL is in UTC, as it must be where DTSTART names a zone."""
    weekday = _WEEKDAYS[recurrence.weekday]
    monthly = recurrence.every is Every.MONTH
    rule: dict[str, object] = {
        "FREQ": "MONTHLY" if monthly else "WEEKLY",
        "BYDAY": f"{recurrence.nth}{weekday}" if monthly else weekday,
    }
    if recurrence.interval > 1:
        rule["INTERVAL"] = recurrence.interval
    if recurrence.except_months:
        rule["BYMONTH"] = recurrence.months
    if recurrence.until:
        rule["UNTIL"] = to_utc(recurrence.until, time(23, 59, 59), zone)
    return vRecur(rule)


def _described(event: Event) -> str:
    lines = []
    if event.cancelled_reason:
        lines.append(_("Annulé : %(reason)s", reason=event.cancelled_reason.text))
    if event.sentence:
        lines.append(event.sentence.text)
    if event.childcare:
        lines.append(_("Vos enfants sont gardés sur place."))
    if event.step_free:
        lines.append(_("On entre sans marche."))
    if event.interpreter:
        lines.append(_("Une personne traduit si vous le demandez."))
    if event.spoken:
        names = _(", ").join(language_name(tag) for tag in event.spoken)
        lines.append(_("On y parle : %(languages)s", languages=names))
    return "\n".join(lines)


def _entry(event: Event, number: int, slot: Slot, zone: ZoneInfo, url: str) -> CalendarEvent:
    entry = CalendarEvent()
    entry.add("uid", f"{event.uid}-{number}")
    entry.add("dtstamp", event.changed_at.astimezone(UTC))
    entry.add("last-modified", event.changed_at.astimezone(UTC))
    entry.add("sequence", event.sequence)
    entry.add("summary", f"{event.title.text} · {event.body_name}")
    entry.add("dtstart", slot.start.astimezone(zone))
    end = slot.end or slot.start + timedelta(hours=1)  # without an end, some calendars show nothing
    entry.add("dtend", end.astimezone(zone))
    if event.recurrence:
        entry.add("rrule", recurrence_rule(event.recurrence, zone))
    if event.place:
        entry.add("location", event.place)
    if described := _described(event):
        entry.add("description", described)
    entry.add("url", url)
    entry.add("status", "CANCELLED" if event.cancelled_at else "CONFIRMED")
    return entry


def calendar(name: str, events: Sequence[tuple[Event, str]], zone: ZoneInfo) -> bytes:
    """A calendar of events, each with the address of its page."""
    made = Calendar()
    made.add("prodid", PRODUCER)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", zone.key)
    for event, url in events:
        for number, slot in enumerate(event.own, start=1):
            made.add_component(_entry(event, number, slot, zone, url))
    made.add_missing_timezones(first_date=date(2020, 1, 1), last_date=date(2038, 1, 1))
    content: bytes = made.to_ical()
    return content
