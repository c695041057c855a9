"""Pages and calendars say the same dates, whatever was decided of a series and in which order."""

from datetime import date, datetime, time, timedelta

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.bodies.calendars import calendar
from cdv_civic.bodies.models import Meeting
from cdv_civic.bodies.operations.meetings import change_meeting
from cdv_civic.bodies.operations.occurrences import cancel_occurrence, move_occurrence, restore_occurrence
from cdv_civic.bodies.queries.desk import exceptions_of
from cdv_civic.bodies.queries.events import BodyEvent, events_of_body
from cdv_civic.bodies.rules import Recurrence, Slot, days, monthly, slot_of, stranded, weekly
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.errors import DomainError
from cdv_civic.territory.models import Body
from tests import factories as make
from tests.bodies.bodies import PARIS, an_event, announce, at, make_body
from tests.bodies.calendars import entries, expanded

FIRST = date(2026, 12, 5)
JANUARY, NINTH = date(2027, 1, 2), date(2027, 1, 9)
UNTIL = date(2027, 6, 30)
WHY = {"fr": "Salle prise."}


def on_the_page(event: BodyEvent) -> list[datetime]:
    return sorted(
        slot.start
        for each in event.occurrences(date(2025, 1, 1), date(2029, 1, 1))
        if not each.cancelled
        for slot in each.slots
    )


def in_the_calendar(event: BodyEvent) -> list[datetime]:
    return sorted(expanded(entries(calendar("Essai", [(event, "https://ville.fr/")], PARIS))))


def shown_alike(app: Flask, body: Body) -> list[datetime]:
    with app.test_request_context("/fr/"):
        (event,) = events_of_body(body.id, "fr")
        found = in_the_calendar(event)
        assert found == on_the_page(event)
    return found


def in_the_evening_too(day: date, recurrence: Recurrence | None) -> dict[str, object]:
    return {
        "recurrence": recurrence,
        "starts_at": at(day, 10),
        "ends_at": at(day, 12),
        "second_starts_at": at(day, 18),
        "second_ends_at": at(day, 20),
    }


def test_a_moved_date_and_a_second_time_of_day_added_later(app: Flask) -> None:
    body, staff = make_body(make.make_contract()), make.make_account()
    series = monthly(FIRST, until=UNTIL)
    meeting = announce(staff, body, FIRST, recurrence=series, starts_at=at(FIRST, 10), ends_at=at(FIRST, 12))
    move_occurrence(staff, meeting, JANUARY, [Slot(at(NINTH, 10))], WHY, sequence=0, zone=PARIS)
    draft = an_event(FIRST, **in_the_evening_too(FIRST, series))
    change_meeting(staff, meeting, draft, sequence=1, zone=PARIS)
    found = shown_alike(app, body)
    assert at(JANUARY, 18) not in found
    assert at(NINTH, 10) in found


def test_a_moved_date_and_a_second_time_of_day_taken_away(app: Flask) -> None:
    body, staff = make_body(make.make_contract()), make.make_account()
    series = monthly(FIRST, until=UNTIL)
    meeting = announce(staff, body, FIRST, **in_the_evening_too(FIRST, series))
    slots = [Slot(at(NINTH, 10)), Slot(at(NINTH, 18))]
    move_occurrence(staff, meeting, JANUARY, slots, WHY, sequence=0, zone=PARIS)
    draft = an_event(FIRST, recurrence=series, starts_at=at(FIRST, 10), ends_at=at(FIRST, 12))
    change_meeting(staff, meeting, draft, sequence=1, zone=PARIS)
    assert at(NINTH, 18) in shown_alike(app, body)


def _edit(data: st.DataObject, staff: SignedIn, meeting: int) -> None:
    """One act of the desk, as its forms allow it."""
    db.session.rollback()
    row = db.session.get_one(Meeting, meeting, populate_existing=True)
    sequence, first = row.sequence, row.starts_at.astimezone(PARIS).date()
    recurrence = Recurrence.from_data(row.recurrence) if row.recurrence else None
    slots = 2 if row.second_starts_at else 1
    keys = sorted({*days(first, recurrence, first, first + timedelta(days=120)), *exceptions_of(meeting)})
    db.session.rollback()
    act = data.draw(st.sampled_from(("move", "change", "cancel", "restore")))
    if act == "change":
        day = first + timedelta(days=data.draw(st.just(0) | st.integers(-8, 8)))
        kind = data.draw(st.sampled_from(("month", "week", "last", "once")))
        rule = {
            "month": monthly(day, until=UNTIL), "last": monthly(day, last=True, until=UNTIL),
            "week": weekly(day, data.draw(st.integers(1, 3)), until=UNTIL), "once": None,
        }[kind]  # fmt: skip
        hours = slot_of(day, time(data.draw(st.sampled_from((10, 20)))), None, PARIS)
        more = data.draw(st.booleans())
        draft = an_event(
            day, recurrence=rule, starts_at=hours.start, ends_at=None,
            second_starts_at=at(day, 22) if more else None,
            second_ends_at=slot_of(day, time(22), time(0, 30), PARIS).end if more else None,
        )  # fmt: skip
        asked = stranded(exceptions_of(meeting), day, rule, PARIS, clock.today()) if rule is not None else []
        db.session.rollback()
        carried = {each.key: data.draw(st.booleans()) for each in asked}
        change_meeting(staff, meeting, draft, sequence=sequence, zone=PARIS, carried=carried)
        return
    key = data.draw(st.sampled_from(keys[:6]))
    try:
        if act == "cancel":
            cancel_occurrence(staff, meeting, key, WHY, sequence=sequence, zone=PARIS)
        elif act == "restore":
            restore_occurrence(staff, meeting, key, sequence=sequence, zone=PARIS)
        else:
            to = key + timedelta(days=data.draw(st.integers(-6, 6)))
            there = [slot_of(to, time(9), None, PARIS), slot_of(to, time(21), time(1), PARIS)][:slots]
            move_occurrence(staff, meeting, key, there, WHY, sequence=sequence, zone=PARIS)
    except DomainError:
        pass  # refused: a day that is taken, a meeting held once, a day that the series gives no more


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_the_desk_does_page_and_calendar_say_the_same(app: Flask, data: st.DataObject) -> None:
    body, staff = make_body(make.make_contract()), make.make_account()
    meeting = announce(staff, body, FIRST, recurrence=monthly(FIRST, until=UNTIL))
    for _act in range(data.draw(st.integers(1, 7))):
        _edit(data, staff, meeting)
        shown_alike(app, body)
