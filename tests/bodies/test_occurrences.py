"""One date of a series: cancelled, moved, put back; the people who came."""

import threading
from contextlib import nullcontext
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.bodies.models import Attendance, Meeting, MeetingException
from cdv_civic.bodies.operations.meetings import cancel_meeting, change_meeting
from cdv_civic.bodies.operations.occurrences import (
    FARTHEST_MOVE,
    MOST_PRESENT,
    cancel_occurrence,
    enter_attendance,
    move_occurrence,
    restore_occurrence,
)
from cdv_civic.bodies.operations.texts import LONGEST_PLACE
from cdv_civic.bodies.queries.events import events_of_body
from cdv_civic.bodies.rules import Slot, monthly, weekly
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry, verify
from cdv_civic.core.db import db
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.localized import LocalizedText
from cdv_civic.territory.models import Body
from tests import factories as make
from tests.bodies.bodies import PARIS, an_event, announce, at, make_body
from tests.publishing import publications

SATURDAY = date(2026, 9, 5)
OCTOBER, NOVEMBER, JANUARY = date(2026, 10, 3), date(2026, 11, 7), date(2027, 1, 2)
WHY = {"fr": "La salle est prise.", "ar": "القاعة مشغولة."}


@pytest.fixture
def staff(app: Flask) -> SignedIn:
    return make.make_account()


@pytest.fixture
def body(app: Flask) -> Body:
    return make_body(make.make_contract())


@pytest.fixture
def series(body: Body, staff: SignedIn) -> int:
    """A permanence each first Saturday since September."""
    return announce(
        staff, body, SATURDAY, kind="permanence", recurrence=monthly(SATURDAY),
        starts_at=at(SATURDAY, 10), ends_at=at(SATURDAY, 12),
    )  # fmt: skip


def shown(body: Body) -> list[tuple[date, date, bool]]:
    (event,) = events_of_body(body.id, "fr")
    return [(each.key, each.day, each.cancelled) for each in event.occurrences(OCTOBER, date(2027, 2, 28))]


def to_sunday(hour: int = 15) -> list[Slot]:
    day = JANUARY + timedelta(days=1)
    return [Slot(at(day, hour), at(day, hour + 2))]


def test_one_date_is_cancelled_moved_and_put_back_and_the_others_stay(
    session: Session, body: Body, staff: SignedIn, series: int
) -> None:
    cancel_occurrence(staff, series, date(2026, 12, 5), WHY, sequence=0, zone=PARIS)
    move_occurrence(staff, series, JANUARY, to_sunday(), WHY, sequence=1, zone=PARIS, place="À la mairie")
    assert shown(body) == [
        (OCTOBER, OCTOBER, False),
        (NOVEMBER, NOVEMBER, False),
        (date(2026, 12, 5), date(2026, 12, 5), True),
        (JANUARY, date(2027, 1, 3), False),
        (date(2027, 2, 6), date(2027, 2, 6), False),
    ]
    restore_occurrence(staff, series, JANUARY, sequence=2, zone=PARIS)
    restore_occurrence(staff, series, date(2026, 12, 5), sequence=3, zone=PARIS)
    assert all(key == day and not cancelled for key, day, cancelled in shown(body))
    assert session.get_one(Meeting, series, populate_existing=True).sequence == 4
    entries = session.execute(select(AuditEntry).order_by(AuditEntry.id)).scalars().all()
    assert [entry.action for entry in entries][1:] == [
        "meeting.cancel_date", "meeting.move_date", "meeting.restore_date", "meeting.restore_date",
    ]  # fmt: skip
    assert verify(session)[1] is None


def test_kept_pages_show_each_change_of_a_date_at_once(staff: SignedIn, series: int) -> None:
    number = publications()
    cancel_occurrence(staff, series, JANUARY, WHY, sequence=0, zone=PARIS)
    assert publications() == number + 1
    restore_occurrence(staff, series, JANUARY, sequence=1, zone=PARIS)
    assert publications() == number + 2
    move_occurrence(staff, series, JANUARY, to_sunday(), WHY, sequence=2, zone=PARIS)
    assert publications() == number + 3
    enter_attendance(staff, series, OCTOBER, present=12, first_time=3, version=0, zone=PARIS)
    assert publications() == number + 4


def test_what_is_said_again_changes_nothing(session: Session, staff: SignedIn, series: int) -> None:
    cancel_occurrence(staff, series, JANUARY, WHY, sequence=0, zone=PARIS)
    cancel_occurrence(staff, series, JANUARY, WHY, sequence=1, zone=PARIS)
    restore_occurrence(staff, series, JANUARY, sequence=1, zone=PARIS)
    restore_occurrence(staff, series, JANUARY, sequence=2, zone=PARIS)
    assert session.get_one(Meeting, series, populate_existing=True).sequence == 2
    texts = len(session.execute(select(LocalizedText)).scalars().all())
    cancel_occurrence(staff, series, JANUARY, WHY, sequence=2, zone=PARIS)
    move_occurrence(staff, series, JANUARY, to_sunday(), WHY, sequence=3, zone=PARIS)
    restore_occurrence(staff, series, JANUARY, sequence=4, zone=PARIS)
    assert len(session.execute(select(LocalizedText)).scalars().all()) == texts


def test_a_date_is_changed_with_a_reason_on_what_was_seen_by_who_may(
    session: Session, body: Body, staff: SignedIn, series: int
) -> None:
    with pytest.raises(DomainError) as refused:
        cancel_occurrence(staff, series, JANUARY, {"fr": " "}, sequence=0, zone=PARIS)
    assert refused.value.field == "reason_fr"
    with pytest.raises(Conflict):
        cancel_occurrence(staff, series, JANUARY, WHY, sequence=7, zone=PARIS)
    with pytest.raises(NotFound):
        cancel_occurrence(staff, series, JANUARY + timedelta(days=1), WHY, sequence=0, zone=PARIS)
    stranger = make.make_account(contract=make.make_contract())
    with pytest.raises(Forbidden):
        cancel_occurrence(stranger, series, JANUARY, WHY, sequence=0, zone=PARIS)
    with pytest.raises(Forbidden):
        enter_attendance(stranger, series, OCTOBER, present=3, first_time=None, version=0, zone=PARIS)
    once = announce(staff, body)
    with pytest.raises(DomainError):
        cancel_occurrence(staff, once, date(2026, 12, 10), WHY, sequence=0, zone=PARIS)
    cancel_meeting(staff, series, WHY, sequence=0)
    with pytest.raises(DomainError):
        move_occurrence(staff, series, JANUARY, to_sunday(), WHY, sequence=1, zone=PARIS)
    assert session.execute(select(MeetingException)).scalars().all() == []


def test_a_date_does_not_move_onto_another_one(staff: SignedIn, series: int) -> None:
    february = date(2027, 2, 6)
    onto = [Slot(at(february, 15))]
    with pytest.raises(DomainError) as refused:
        move_occurrence(staff, series, JANUARY, onto, WHY, sequence=0, zone=PARIS)
    assert refused.value.field == "day"
    # Its own day at another hour, and the day of one that is cancelled, are free.
    move_occurrence(staff, series, february, onto, WHY, sequence=0, zone=PARIS)
    cancel_occurrence(staff, series, february, WHY, sequence=1, zone=PARIS)
    move_occurrence(staff, series, JANUARY, onto, WHY, sequence=2, zone=PARIS)


def test_hours_that_make_no_sense_are_refused(staff: SignedIn, series: int) -> None:
    day = date(2027, 1, 9)
    for slots, field in (
        ([Slot(at(day, 15), at(day, 14))], "end"),
        ([Slot(at(day, 15), at(day, 15))], "end"),
        ([Slot(at(day, 15)), Slot(at(day, 18))], "second_start"),
        ([], "second_start"),
    ):
        with pytest.raises(DomainError) as refused:
            move_occurrence(staff, series, JANUARY, slots, WHY, sequence=0, zone=PARIS)
        assert refused.value.field == field
    move_occurrence(staff, series, JANUARY, [Slot(at(day, 15), at(day, 15, 1))], WHY, sequence=0, zone=PARIS)


def test_second_hours_come_after_the_first(body: Body, staff: SignedIn) -> None:
    first = date(2026, 12, 5)
    meeting = announce(
        staff, body, first, recurrence=monthly(first), starts_at=at(first, 10), ends_at=at(first, 12),
        second_starts_at=at(first, 18), second_ends_at=at(first, 20),
    )  # fmt: skip

    def move(sequence: int, *second: datetime) -> None:
        slots = [Slot(at(JANUARY, 15), at(JANUARY, 17)), Slot(*second)]
        move_occurrence(staff, meeting, JANUARY, slots, WHY, sequence=sequence, zone=PARIS)

    for second, field in (
        ((at(JANUARY, 16, 59), at(JANUARY, 18)), "second_start"),
        ((at(JANUARY, 17), at(JANUARY, 17)), "second_end"),
    ):
        with pytest.raises(DomainError) as refused:
            move(0, *second)
        assert refused.value.field == field
    move(0, at(JANUARY, 17), at(JANUARY, 17, 1))


def test_a_date_moves_by_so_many_days_and_its_place_is_so_long(staff: SignedIn, series: int) -> None:
    def move(sequence: int, days: int, place: str = "") -> None:
        there = [Slot(at(JANUARY + timedelta(days=days), 15))]
        move_occurrence(staff, series, JANUARY, there, WHY, sequence=sequence, zone=PARIS, place=place)

    for days, place, field in (
        (FARTHEST_MOVE.days + 1, "", "day"),
        (-FARTHEST_MOVE.days - 1, "", "day"),
        (1, "x" * (LONGEST_PLACE + 1), "place"),
    ):
        with pytest.raises(DomainError) as refused:
            move(0, days, place)
        assert refused.value.field == field
    move(0, FARTHEST_MOVE.days)
    move(1, -FARTHEST_MOVE.days)
    move(2, 1, "x" * LONGEST_PLACE)


def test_a_series_that_changes_forgets_dates_that_it_no_longer_gives(
    body: Body, staff: SignedIn, series: int
) -> None:
    cancel_occurrence(staff, series, JANUARY, WHY, sequence=0, zone=PARIS)
    sunday = date(2026, 9, 6)
    change_meeting(
        staff, series, an_event(sunday, recurrence=monthly(sunday)), sequence=1, zone=PARIS,
        carried={JANUARY: False},
    )  # fmt: skip
    assert (date(2027, 1, 3), date(2027, 1, 3), False) in shown(body)
    assert not any(cancelled for _key, _day, cancelled in shown(body))


FRIDAY = date(2026, 12, 4)
TO_FRIDAYS = an_event(FRIDAY, recurrence=monthly(FRIDAY))


def test_a_cancelled_date_is_asked_about_when_its_series_moves_to_another_day(
    body: Body, staff: SignedIn, session: Session, series: int
) -> None:
    saturday = date(2026, 12, 5)
    cancel_occurrence(staff, series, saturday, WHY, sequence=0, zone=PARIS)
    with pytest.raises(DomainError) as asked:
        change_meeting(staff, series, TO_FRIDAYS, sequence=1, zone=PARIS)
    assert asked.value.field == "carried_2026-12-05"
    session.rollback()
    change_meeting(staff, series, TO_FRIDAYS, sequence=1, zone=PARIS, carried={saturday: True})
    assert (FRIDAY, FRIDAY, True) in shown(body)
    restore_occurrence(staff, series, FRIDAY, sequence=2, zone=PARIS)
    assert (FRIDAY, FRIDAY, False) in shown(body)


def test_a_date_that_is_held_again_leaves_no_reason_behind(
    body: Body, staff: SignedIn, session: Session, series: int
) -> None:
    saturday = date(2026, 12, 5)
    cancel_occurrence(staff, series, saturday, WHY, sequence=0, zone=PARIS)
    texts = len(session.execute(select(LocalizedText)).scalars().all())
    session.rollback()
    change_meeting(staff, series, TO_FRIDAYS, sequence=1, zone=PARIS, carried={saturday: False})
    assert (FRIDAY, FRIDAY, False) in shown(body)
    assert len(session.execute(select(LocalizedText)).scalars().all()) == texts - 1
    session.rollback()
    back = an_event(saturday, recurrence=monthly(saturday))
    change_meeting(staff, series, back, sequence=2, zone=PARIS)
    assert (saturday, saturday, False) in shown(body)


def test_a_moved_date_follows_its_series_and_makes_room_on_the_old_day(
    body: Body, staff: SignedIn, series: int
) -> None:
    ninth = date(2027, 1, 9)
    move_occurrence(staff, series, JANUARY, [Slot(at(ninth, 15))], WHY, sequence=0, zone=PARIS)
    change_meeting(staff, series, TO_FRIDAYS, sequence=1, zone=PARIS, carried={JANUARY: True})
    assert (date(2027, 1, 1), ninth, False) in shown(body)
    # The reason goes along: the old day may be decided of anew.
    saturdays = an_event(date(2026, 12, 5), recurrence=monthly(date(2026, 12, 5)))
    carried = {date(2027, 1, 1): False}
    change_meeting(staff, series, saturdays, sequence=2, zone=PARIS, carried=carried)
    cancel_occurrence(staff, series, JANUARY, WHY, sequence=3, zone=PARIS)
    assert (JANUARY, JANUARY, True) in shown(body)


def test_a_date_that_is_over_or_that_stays_is_not_asked_about(staff: SignedIn, series: int) -> None:
    cancel_occurrence(staff, series, OCTOBER, WHY, sequence=0, zone=PARIS)
    cancel_occurrence(staff, series, JANUARY, WHY, sequence=1, zone=PARIS)
    later = an_event(SATURDAY, recurrence=monthly(SATURDAY), starts_at=at(SATURDAY, 11), ends_at=None)
    change_meeting(staff, series, later, sequence=2, zone=PARIS)
    sunday = date(2026, 9, 6)
    to_sundays = an_event(sunday, recurrence=monthly(sunday))
    change_meeting(staff, series, to_sundays, sequence=3, zone=PARIS, carried={JANUARY: True})


def test_a_series_that_becomes_one_date_is_held_on_it(body: Body, staff: SignedIn, series: int) -> None:
    cancel_occurrence(staff, series, JANUARY, WHY, sequence=0, zone=PARIS)
    change_meeting(staff, series, an_event(JANUARY), sequence=1, zone=PARIS)
    assert shown(body) == [(JANUARY, JANUARY, False)]


def test_people_are_counted_and_a_correction_leaves_a_line(
    session: Session, staff: SignedIn, series: int
) -> None:
    enter_attendance(staff, series, OCTOBER, present=14, first_time=5, version=0, zone=PARIS)
    enter_attendance(staff, series, OCTOBER, present=14, first_time=5, version=0, zone=PARIS)
    with pytest.raises(Conflict):
        enter_attendance(staff, series, OCTOBER, present=9, first_time=None, version=0, zone=PARIS)
    enter_attendance(staff, series, OCTOBER, present=15, first_time=None, version=1, zone=PARIS)
    row = session.execute(select(Attendance)).scalar_one()
    assert (row.day, row.present, row.first_time, row.version) == (OCTOBER, 15, None, 2)
    entries = session.execute(
        select(AuditEntry).where(AuditEntry.action == "meeting.attendance").order_by(AuditEntry.id)
    ).scalars()
    assert [entry.before for entry in entries] == [None, {"present": 14, "first_time": 5}]


@pytest.mark.parametrize(
    ("day", "present", "first_time", "field"),
    [
        (OCTOBER, -1, None, "present"),
        (OCTOBER, 10_000, None, "present"),
        (OCTOBER, 3, 4, "first_time"),
        (OCTOBER, 3, -1, "first_time"),
        (JANUARY, 3, None, None),
    ],
)
def test_a_count_that_cannot_be_is_refused(
    session: Session, staff: SignedIn, series: int, day: date, present: int, first_time: int | None,
    field: str | None,
) -> None:  # fmt: skip
    with pytest.raises(DomainError) as refused:
        enter_attendance(staff, series, day, present=present, first_time=first_time, version=0, zone=PARIS)
    assert refused.value.field == field
    assert session.execute(select(Attendance)).scalars().all() == []


@pytest.mark.parametrize(("present", "first_time"), [(0, 0), (MOST_PRESENT, MOST_PRESENT)])
def test_nobody_and_very_many_may_have_come(
    session: Session, staff: SignedIn, series: int, present: int, first_time: int
) -> None:
    enter_attendance(staff, series, OCTOBER, present=present, first_time=first_time, version=0, zone=PARIS)
    row = session.execute(select(Attendance)).scalar_one()
    assert (row.present, row.first_time) == (present, first_time)


def test_people_are_counted_from_the_day_on(staff: SignedIn, series: int) -> None:
    for day, fine in ((JANUARY - timedelta(days=1), False), (JANUARY, True)):
        with (
            clock.frozen_everywhere(at(day, 0, 30)),
            nullcontext() if fine else pytest.raises(DomainError),
        ):
            enter_attendance(staff, series, JANUARY, present=3, first_time=None, version=0, zone=PARIS)


def test_nobody_is_counted_where_nothing_was_held(staff: SignedIn, series: int) -> None:
    cancel_occurrence(staff, series, OCTOBER, WHY, sequence=0, zone=PARIS)
    with pytest.raises(DomainError):
        enter_attendance(staff, series, OCTOBER, present=3, first_time=None, version=0, zone=PARIS)


def test_a_moved_date_is_counted_on_the_day_it_was_held(staff: SignedIn, series: int) -> None:
    to = [Slot(at(date(2026, 11, 28), 10))]
    move_occurrence(staff, series, NOVEMBER, to, WHY, sequence=0, zone=PARIS)
    with pytest.raises(DomainError) as refused:
        enter_attendance(staff, series, NOVEMBER, present=3, first_time=None, version=0, zone=PARIS)
    assert "à venir" in str(refused.value.sentence)


def test_two_counts_at_once_are_one_row(app: Flask, staff: SignedIn, series: int) -> None:
    db.session.rollback()
    ready = threading.Barrier(12)
    won: list[int] = []
    lost: list[type[Exception]] = []

    def count(number: int) -> None:
        with app.app_context():
            ready.wait()
            try:
                enter_attendance(
                    staff, series, OCTOBER, present=number, first_time=None, version=0, zone=PARIS
                )
                won.append(number)
            except Exception as error:
                lost.append(type(error))

    threads = [threading.Thread(target=count, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), set(lost), len(lost)) == (1, {ChangedMeanwhile}, 11)
    assert db.session.execute(select(Attendance.present)).scalars().all() == won


@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_is_decided_pages_show_each_date_once(app: Flask, data: st.DataObject) -> None:
    body, staff = make_body(make.make_contract()), make.make_account()
    first = date(2026, 3, 7)
    meeting = announce(staff, body, first, recurrence=weekly(first, 2))
    keys = [first + timedelta(weeks=2 * number) for number in range(8)]
    for sequence, key in enumerate(data.draw(st.lists(st.sampled_from(keys), max_size=6))):
        sequence_now = db.session.get_one(Meeting, meeting, populate_existing=True).sequence
        assert sequence_now <= sequence
        act = data.draw(st.sampled_from(("cancel", "move", "restore")))
        if act == "cancel":
            cancel_occurrence(staff, meeting, key, WHY, sequence=sequence_now, zone=PARIS)
        elif act == "restore":
            restore_occurrence(staff, meeting, key, sequence=sequence_now, zone=PARIS)
        else:
            day = key + timedelta(days=data.draw(st.integers(1, 6)))
            move_occurrence(staff, meeting, key, [Slot(at(day, 9))], WHY, sequence=sequence_now, zone=PARIS)
    (event,) = events_of_body(body.id, "fr")
    found = event.occurrences(first, keys[-1] + timedelta(days=7))
    assert sorted(each.key for each in found) == keys
    assert len({each.day for each in found}) == len(keys)
