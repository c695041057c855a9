"""Calendars to subscribe to (RFC 5545)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, vRecur, vText
from icalendar import Event as CalendarEvent

from cdv_civic.bodies.queries.events import BodyEvent, OccurrenceNote
from cdv_civic.bodies.rules import CANCELLED, Every, Recurrence, Slot, gives, on_day, to_utc
from cdv_civic.bodies.wording import language_name
from cdv_civic.core.i18n.catalogue import _

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


def _described(event: BodyEvent, note: OccurrenceNote | None = None) -> str:
    lines = []
    if note is not None and note.reason:
        lines.append(_("Déplacé : %(reason)s", reason=note.reason.text))
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


def _entry(event: BodyEvent, number: int, slot: Slot, zone: ZoneInfo, url: str) -> CalendarEvent:
    """What the series says of one of its slots, or what one of its dates says instead."""
    entry = CalendarEvent()
    entry.add("uid", f"{event.uid}-{number}")
    entry.add("dtstamp", event.changed_at.astimezone(UTC))
    entry.add("last-modified", event.changed_at.astimezone(UTC))
    entry.add("sequence", event.sequence)
    entry.add("summary", f"{event.title.text} · {event.body_name}")
    entry.add("dtstart", slot.start.astimezone(zone))
    end = slot.end or slot.start + timedelta(hours=1)  # without an end, some calendars show nothing
    entry.add("dtend", end.astimezone(zone))
    entry.add("url", url)
    entry.add("status", "CANCELLED" if event.cancelled_at else "CONFIRMED")
    return entry


def _say(entry: CalendarEvent, place: str | None, described: str) -> CalendarEvent:
    if place:
        entry.add("location", place)
    if described:
        entry.add("description", described)
    return entry


def _entries(event: BodyEvent, number: int, zone: ZoneInfo, url: str) -> Iterator[CalendarEvent]:
    """One slot of an event: the series, then its occurrences that differ from it.

    A cancelled date is taken out of the series (EXDATE). A moved one bears the start that the series gives
    (RECURRENCE-ID), and so does one that was restored: a calendar that has the move must learn of it.
    """
    slot = event.own[number]
    master = _entry(event, number + 1, slot, zone, url)
    notes = {
        day: note
        for day, note in event.notes.items()
        if event.recurrence and gives(event.first_day(), event.recurrence, day)
    }
    if event.recurrence:
        master.add("rrule", recurrence_rule(event.recurrence, zone))
        for day, note in notes.items():
            if note.state == CANCELLED:
                master.add("exdate", on_day(slot, day, zone).start.astimezone(zone))
    yield _say(master, event.place, _described(event))
    for day, note in notes.items():
        if note.state == CANCELLED:
            continue
        usual = on_day(slot, day, zone)
        moved = note.slots[number] if number < len(note.slots) else usual
        entry = _entry(event, number + 1, moved, zone, url)
        entry.add("recurrence-id", usual.start.astimezone(zone))
        yield _say(entry, note.place or event.place, _described(event, note))


def calendar(name: str, events: Sequence[tuple[BodyEvent, str]], zone: ZoneInfo) -> bytes:
    """A calendar of events, each with the address of its page."""
    made = Calendar()
    made.add("prodid", PRODUCER)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", vText(name))  # of a name that it does not know the library escapes nothing
    made.add("x-wr-timezone", zone.key)
    for event, url in events:
        for number in range(len(event.own)):
            for entry in _entries(event, number, zone, url):
                made.add_component(entry)
    made.add_missing_timezones(first_date=date(2020, 1, 1), last_date=date(2038, 1, 1))
    content: bytes = made.to_ical()
    return content
