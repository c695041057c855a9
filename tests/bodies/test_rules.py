"""When a body meets."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdv_civic.bodies.rules import (
    LAST,
    BadRecurrence,
    Every,
    Recurrence,
    Slot,
    Unit,
    counted_ahead,
    days,
    ends_at,
    is_fourth_and_last,
    is_short_notice,
    monthly,
    next_occurrence,
    nth_of_month,
    occurrences,
    on_day,
    slot_of,
    slots,
    starts_on_a_day_of_its_own,
    to_utc,
    weekly,
)

#: A busy machine is no mistake of the rules.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
PARIS = ZoneInfo("Europe/Paris")
FIRST_DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
MONTHS = st.frozensets(st.integers(1, 12), max_size=11)


@st.composite
def recurrences(draw: st.DrawFn) -> tuple[date, Recurrence]:
    first = draw(FIRST_DAYS)
    except_months = draw(MONTHS) - {first.month}
    until = draw(st.none() | st.integers(0, 800).map(lambda more: first + timedelta(days=more)))
    if draw(st.booleans()):
        return first, monthly(first, except_months=except_months, until=until)
    return first, weekly(first, draw(st.integers(1, 12)), except_months=except_months, until=until)


def test_the_first_saturday_of_each_month_is_found() -> None:
    first = date(2026, 12, 5)
    found = list(days(first, monthly(first), date(2026, 12, 1), date(2027, 4, 1)))
    assert found == [date(2026, 12, 5), date(2027, 1, 2), date(2027, 2, 6), date(2027, 3, 6)]


def test_every_second_wednesday_leaves_august_out_and_keeps_its_rhythm() -> None:
    first = date(2026, 7, 8)
    found = list(days(first, weekly(first, 2, except_months=frozenset({8})), first, date(2026, 10, 1)))
    assert found == [
        date(2026, 7, 8),
        date(2026, 7, 22),
        date(2026, 9, 2),
        date(2026, 9, 16),
        date(2026, 9, 30),
    ]


def test_ten_o_clock_stays_ten_o_clock_when_summer_time_begins() -> None:
    first = date(2027, 3, 21)
    own = (Slot(to_utc(first, time(10), PARIS), to_utc(first, time(12), PARIS)),)
    found = list(slots(own, weekly(first), PARIS, first, date(2027, 4, 5)))
    assert [slot.start for slot in found] == [
        datetime(2027, 3, 21, 9, tzinfo=UTC),
        datetime(2027, 3, 28, 8, tzinfo=UTC),
        datetime(2027, 4, 4, 8, tzinfo=UTC),
    ]
    assert all(slot.end is not None and slot.end.astimezone(PARIS).hour == 12 for slot in found)


@patient
@given(recurrences(), st.integers(0, 900), st.integers(0, 500))
def test_every_day_found_obeys_the_recurrence(
    given_: tuple[date, Recurrence], later: int, length: int
) -> None:
    first, recurrence = given_
    since = first + timedelta(days=later - 100)
    before = since + timedelta(days=length)
    found = list(days(first, recurrence, since, before))
    assert found == sorted(set(found))
    for day in found:
        assert first <= day
        assert since <= day < before
        assert day.weekday() == first.weekday()
        assert day.month not in recurrence.except_months
        assert recurrence.until is None or day <= recurrence.until
        if recurrence.every is Every.WEEK:
            assert (day - first).days % (7 * recurrence.interval) == 0
        elif recurrence.nth == LAST:
            assert (day + timedelta(days=7)).month != day.month
        else:
            assert nth_of_month(day) == recurrence.nth or (recurrence.nth == 4 and 22 <= day.day <= 28)


@patient
@given(recurrences())
def test_no_day_is_missed(given_: tuple[date, Recurrence]) -> None:
    first, recurrence = given_
    before = first + timedelta(days=400)
    found = set(days(first, recurrence, first, before))
    for offset in range(0, 400, 7):
        day = first + timedelta(days=offset)
        fits = day.month not in recurrence.except_months and day <= (recurrence.until or day)
        if recurrence.every is Every.WEEK:
            fits = fits and offset % (7 * recurrence.interval) == 0
        elif recurrence.nth == LAST:
            fits = fits and (day + timedelta(days=7)).month != day.month
        else:
            fits = fits and (day.day - 1) // 7 + 1 == recurrence.nth
        assert (day in found) == fits


@patient
@given(recurrences())
def test_a_recurrence_made_from_its_first_day_begins_with_it_and_survives_storage(
    given_: tuple[date, Recurrence],
) -> None:
    first, recurrence = given_
    assert starts_on_a_day_of_its_own(first, recurrence)
    assert Recurrence.from_data(recurrence.as_data()) == recurrence


@patient
@given(FIRST_DAYS, st.times(), st.integers(1, 60))
def test_hours_of_the_wall_clock_do_not_move_with_the_seasons(first: date, at: time, weeks: int) -> None:
    at = at.replace(microsecond=0, fold=0, hour=at.hour if at.hour > 3 else 4)  # no such hour in some nights
    day = first + timedelta(weeks=weeks)
    (slot,) = slots((Slot(to_utc(first, at, PARIS)),), weekly(first), PARIS, day, day + timedelta(days=1))
    local = slot.start.astimezone(PARIS)
    assert (local.date(), local.time()) == (day, at)


@pytest.mark.parametrize(
    "wrong",
    [
        {"every": "year"},
        {"interval": 0},
        {"nth": 1},
        {"weekday": 7},
        {"except_months": list(range(1, 13))},
        {"until": "demain"},
        {"every": "month", "nth": 5},
    ],
)
def test_stored_data_that_gives_no_day_is_refused(wrong: dict[str, object]) -> None:
    right = weekly(date(2026, 12, 5)).as_data()
    with pytest.raises(BadRecurrence):
        Recurrence.from_data({**right, **wrong})


def test_less_than_a_week_is_short_notice() -> None:
    today = date(2026, 11, 20)
    assert is_short_notice(date(2026, 11, 26), today)
    assert not is_short_notice(date(2026, 11, 27), today)


def own_of(first: date) -> tuple[Slot, ...]:
    return (Slot(to_utc(first, time(10), PARIS), to_utc(first, time(12), PARIS)),)


def test_what_is_over_has_no_next_date() -> None:
    first, today = date(2026, 1, 3), date(2026, 11, 20)
    assert next_occurrence(own_of(first), None, {}, PARIS, today) is None
    assert next_occurrence(own_of(first), monthly(first, until=date(2026, 6, 30)), {}, PARIS, today) is None
    found = next_occurrence(own_of(first), monthly(first), {}, PARIS, today)
    assert found is not None
    assert found.day == date(2026, 12, 5)


def test_the_next_date_passes_over_a_cancelled_one() -> None:
    first, today = date(2026, 12, 5), date(2026, 11, 20)
    found = next_occurrence(own_of(first), monthly(first), {first: None}, PARIS, today)
    assert found is not None
    assert found.day == date(2027, 1, 2)


Series = tuple[date, Recurrence, dict[date, tuple[Slot, ...] | None]]


@st.composite
def series(draw: st.DrawFn) -> Series:
    """A series of which some dates are cancelled or moved, over the nights when clocks change."""
    first, recurrence = draw(recurrences())
    given_days = list(days(first, recurrence, first, first + timedelta(days=500)))
    exceptions: dict[date, tuple[Slot, ...] | None] = {}
    for day in draw(st.lists(st.sampled_from(given_days), unique=True, max_size=5)):
        move = draw(st.none() | st.integers(-20, 20))
        if move is None:
            exceptions[day] = None
        else:
            to = day + timedelta(days=move)
            exceptions[day] = (Slot(to_utc(to, time(18, 30), PARIS), to_utc(to, time(20), PARIS)),)
    return first, recurrence, exceptions


@patient
@given(series())
def test_no_date_is_lost_or_doubled_by_what_is_decided_of_some(given_: Series) -> None:
    first, recurrence, exceptions = given_
    since, before = first - timedelta(days=30), first + timedelta(days=600)
    found = occurrences(own_of(first), recurrence, exceptions, PARIS, since, before)
    plain = set(days(first, recurrence, since, before))
    shown = [each.key for each in found]
    moved = {key for key, changed in exceptions.items() if changed}
    assert len(shown) == len(set(shown))
    assert set(shown) == plain
    assert [each.day for each in found] == sorted(each.day for each in found)
    for each in found:
        local = each.slots[0].start.astimezone(PARIS)
        assert local.date() == each.day
        assert each.cancelled == (each.key in exceptions and exceptions[each.key] is None)
        if each.key in moved:
            assert local.time() == time(18, 30)
        else:
            assert (each.day, local.time()) == (each.key, time(10))


@patient
@given(series(), st.integers(0, 500), st.integers(0, 60))
def test_a_window_shows_what_the_whole_shows_of_it(given_: Series, later: int, length: int) -> None:
    first, recurrence, exceptions = given_
    since = first + timedelta(days=later - 30)
    before = since + timedelta(days=length)
    own, far = own_of(first), first + timedelta(days=700)
    whole = occurrences(own, recurrence, exceptions, PARIS, first - timedelta(days=60), far)
    part = occurrences(own, recurrence, exceptions, PARIS, since, before)
    assert part == [each for each in whole if since <= each.day < before]


def test_a_moved_date_is_found_from_its_first_day_to_the_day_before_the_last() -> None:
    first, monday = date(2026, 12, 5), date(2026, 12, 7)
    moved = {first: (Slot(to_utc(monday, time(18), PARIS)),)}

    def held(since: date, before: date) -> list[date]:
        return [each.day for each in occurrences(own_of(first), None, moved, PARIS, since, before)]

    assert held(monday, date(2026, 12, 8)) == [monday]
    assert held(first, monday) == []
    assert held(date(2026, 12, 8), date(2026, 12, 31)) == []


def test_an_exception_of_a_day_that_the_series_does_not_give_is_not_heard() -> None:
    first, sunday = date(2026, 12, 5), date(2026, 12, 6)
    to = (Slot(to_utc(sunday, time(9), PARIS)),)
    found = occurrences(own_of(first), monthly(first), {sunday: to}, PARIS, first, first + timedelta(days=20))
    assert [each.day for each in found] == [first]


@pytest.mark.parametrize(
    ("start", "end", "ends_on"),
    [
        (time(20), time(0, 30), 1),
        (time(20), time(0), 1),
        (time(23, 59), time(0), 1),
        (time(20), time(6), 1),
        (time(18), time(20), 0),
        (time(18), time(17), 0),
        (time(20), time(6, 1), 0),
        (time(18), time(18), 0),
        (time(0), time(9), 0),
    ],
)
def test_an_end_after_midnight_is_on_the_next_day(start: time, end: time, ends_on: int) -> None:
    day = date(2026, 12, 31)
    slot = slot_of(day, start, end, PARIS)
    assert slot.start == to_utc(day, start, PARIS)
    assert slot.end == to_utc(day + timedelta(days=ends_on), end, PARIS)


def test_an_hour_without_an_end_stays_without() -> None:
    assert slot_of(date(2026, 12, 5), time(20), None, PARIS).end is None


@patient
@given(FIRST_DAYS, st.integers(4, 23), st.integers(1, 9 * 60), st.integers(1, 60))
def test_a_night_is_as_long_on_each_of_its_dates(first: date, hour: int, minutes: int, weeks: int) -> None:
    ends = datetime.combine(first, time(hour)) + timedelta(minutes=minutes)
    slot = slot_of(first, time(hour), ends.time(), PARIS)
    day = first + timedelta(weeks=weeks)
    there = on_day(slot, day, PARIS)
    assert there.end is not None
    assert there.end.astimezone(PARIS).date() - day == ends.date() - first
    assert there.start.astimezone(PARIS).date() == day


def test_what_began_in_the_evening_is_not_over_at_midnight() -> None:
    saturday = date(2026, 12, 5)
    slot = slot_of(saturday, time(20), time(0, 30), PARIS)
    (found,) = occurrences((slot,), None, {}, PARIS, saturday, saturday + timedelta(days=1))
    assert ends_at(found, PARIS) == to_utc(saturday + timedelta(days=1), time(0, 30), PARIS)


def test_the_last_thursday_is_the_last_one_where_it_was_meant() -> None:
    first = date(2026, 11, 26)
    assert is_fourth_and_last(first)
    december = (date(2026, 12, 1), date(2027, 1, 1))
    assert list(days(first, monthly(first, last=True), *december)) == [date(2026, 12, 31)]
    assert list(days(first, monthly(first), *december)) == [date(2026, 12, 24)]


@patient
@given(FIRST_DAYS)
def test_only_a_fourth_that_is_the_last_leaves_a_question(first: date) -> None:
    asked = is_fourth_and_last(first)
    assert asked == (22 <= first.day <= 28 and (first + timedelta(days=7)).month != first.month)
    if not asked:
        assert monthly(first, last=True) == monthly(first)


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (2, (2, Unit.DAY)),
        (20, (20, Unit.DAY)),
        (21, (3, Unit.WEEK)),
        (59, (8, Unit.WEEK)),
        (60, (2, Unit.MONTH)),
        (156, (5, Unit.MONTH)),
        (366, (12, Unit.MONTH)),
        (729, (24, Unit.MONTH)),
        (730, (2, Unit.YEAR)),
    ],
)
def test_days_are_counted_as_people_count_them(left: int, said: tuple[int, Unit]) -> None:
    assert counted_ahead(left) == said
