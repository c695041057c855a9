"""Calendars to subscribe to (RFC 5545)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, vRecur, vText
from icalendar import Event as CalendarEvent

from cdv_civic.bodies.queries.events import BodyEvent, OccurrenceNote, occurrence_line
from cdv_civic.bodies.rules import CANCELLED, Every, Recurrence, Slot, gives, on_day, to_utc
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.spoken import language_name

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
        text = note.reason.text
        said = (
            _("Annulé : %(reason)s", reason=text)
            if note.state == CANCELLED
            else _("Déplacé : %(reason)s", reason=text)
        )
        lines.append(said)
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


def _entry(
    event: BodyEvent, uid: str, slot: Slot, zone: ZoneInfo, url: str, *, cancelled: bool = False
) -> CalendarEvent:
    """What the series says of one of its slots, or what one of its dates says instead."""
    entry = CalendarEvent()
    entry.add("uid", uid)
    entry.add("dtstamp", event.changed_at.astimezone(UTC))
    entry.add("last-modified", event.changed_at.astimezone(UTC))
    entry.add("sequence", event.sequence)
    entry.add("summary", f"{event.title.text} · {event.body_name}")
    entry.add("dtstart", slot.start.astimezone(zone))
    end = slot.end or slot.start + timedelta(hours=1)  # without an end, some calendars show nothing
    entry.add("dtend", end.astimezone(zone))
    entry.add("url", url)
    entry.add("status", "CANCELLED" if cancelled or event.cancelled_at else "CONFIRMED")
    return entry


def _say(entry: CalendarEvent, place: str | None, described: str) -> CalendarEvent:
    if place:
        entry.add("location", place)
    if described:
        entry.add("description", described)
    return entry


def _once(event: BodyEvent, zone: ZoneInfo, url: str) -> Iterator[CalendarEvent]:
    """A meeting that is held once, as its page shows it."""
    shown = event.occurrence_of(event.first_day())
    if shown is None:
        return
    line = occurrence_line(event, shown, zone)
    for number, slot in enumerate(shown.slots, 1):
        entry = _entry(event, f"{event.uid}-{number}", slot, zone, url, cancelled=line.cancelled)
        yield _say(entry, line.place, _described(event, event.notes.get(shown.key)))


def _series(event: BodyEvent, recurrence: Recurrence, zone: ZoneInfo, url: str) -> Iterator[CalendarEvent]:
    """A series, slot by slot: what it gives, then its occurrences that differ from it, as pages show them.

    A date that is cancelled, or that was moved and has fewer slots than the series, is taken out of it (EXDATE). A
    moved one bears the start that the series gives (RECURRENCE-ID), and so does one that was restored: a calendar
    that has the move must learn of it. A slot that the moved date alone has is an entry of its own.
    """
    shown = [
        (each, note)
        for day, note in sorted(event.notes.items())
        if gives(event.first_day(), recurrence, day) and (each := event.occurrence_of(day)) is not None
    ]
    for number, slot in enumerate(event.own):
        master = _entry(event, f"{event.uid}-{number + 1}", slot, zone, url)
        master.add("rrule", recurrence_rule(recurrence, zone))
        for each, _note in shown:
            if each.cancelled or number >= len(each.slots):
                master.add("exdate", on_day(slot, each.key, zone).start.astimezone(zone))
        yield _say(master, event.place, _described(event))
        for each, note in shown:
            if each.cancelled or number >= len(each.slots):
                continue
            entry = _entry(event, f"{event.uid}-{number + 1}", each.slots[number], zone, url)
            entry.add("recurrence-id", on_day(slot, each.key, zone).start.astimezone(zone))
            yield _say(entry, note.place or event.place, _described(event, note))
    for each, note in shown:
        for number, slot in enumerate(each.slots[len(event.own) :], len(event.own) + 1):
            entry = _entry(event, f"{event.uid}-{number}-{each.key.isoformat()}", slot, zone, url)
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
        entries = _series(event, event.recurrence, zone, url) if event.recurrence else _once(event, zone, url)
        for entry in entries:
            made.add_component(entry)
    made.add_missing_timezones(first_date=date(2020, 1, 1), last_date=date(2038, 1, 1))
    content: bytes = made.to_ical()
    return content
