from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core.policy.model import Grant, Role
from cdv_civic.work_list.rules import Period, Urgency, Waiting, digest_day, order, urgency, works

TODAY = date(2026, 11, 20)
days = st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31))


@dataclass(frozen=True)
class Somebody:
    grants: frozenset[Grant]
    actor_id: int | None = 1
    name: str = ""
    organisation_name: str = ""


def test_whoever_was_given_a_role_works_here_and_a_resident_does_not() -> None:
    def holding(*roles: Role) -> Somebody:
        return Somebody(frozenset(Grant(role) for role in (Role.PERSON, *roles)))

    assert not works(holding())
    assert not works(holding(Role.RESIDENT))
    for role in set(Role) - {Role.PERSON, Role.RESIDENT}:
        assert works(holding(Role.RESIDENT, role)), role


@pytest.mark.parametrize(
    ("due_in", "expected"),
    [
        (-1, Urgency.LATE),
        (0, Urgency.SOON),
        (7, Urgency.SOON),
        (8, Urgency.WAITING),
        (None, Urgency.WAITING),
    ],
)
def test_what_is_past_presses_most_then_what_is_due_this_week(due_in: int | None, expected: Urgency) -> None:
    assert urgency(None if due_in is None else TODAY + timedelta(due_in), TODAY) is expected


def test_what_has_waited_longest_comes_first_among_what_has_no_day() -> None:
    old, new = date(2026, 1, 1), date(2026, 11, 1)
    far = Waiting(TODAY + timedelta(300), new)
    listed = [Waiting(None, None), Waiting(None, new), far, Waiting(None, old), Waiting(TODAY, new)]
    assert sorted(listed, key=lambda one: order(one, TODAY)) == [
        Waiting(TODAY, new),
        Waiting(None, old),
        Waiting(None, new),
        far,
        Waiting(None, None),
    ]


@given(st.lists(st.builds(Waiting, due_on=days, since_on=days)))
def test_nothing_that_presses_less_comes_before_what_presses_more(listed: list[Waiting]) -> None:
    found = [urgency(one.due_on, TODAY) for one in sorted(listed, key=lambda one: order(one, TODAY))]
    assert found == sorted(found)


@given(st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.times(), st.sampled_from(Period))
def test_a_mail_leaves_on_a_working_day_between_7_and_20_and_its_day_is_not_in_the_future(
    on: date, hour: time, period: Period
) -> None:
    moment = datetime.combine(on, hour, UTC)
    day = digest_day(period, moment)
    if day is None:
        return
    assert period is not Period.NEVER
    assert 7 <= moment.hour < 20
    assert moment.weekday() < 5
    assert day <= moment.date() <= day + timedelta(days=4)
    assert day == moment.date() if period is Period.DAILY else day.weekday() == 0


@given(st.dates(date(2026, 1, 5), date(2027, 12, 31)))
def test_a_week_has_one_day_of_its_own_and_each_working_day_too(day: date) -> None:
    monday = day - timedelta(days=day.weekday())
    hours = [
        datetime(each.year, each.month, each.day, hour, tzinfo=UTC)
        for each in (monday + timedelta(days=number) for number in range(7))
        for hour in range(24)
    ]
    assert {digest_day(Period.WEEKLY, hour) for hour in hours} == {None, monday}
    assert {digest_day(Period.DAILY, hour) for hour in hours} - {None} == {
        monday + timedelta(days=number) for number in range(5)
    }
    assert {digest_day(Period.NEVER, hour) for hour in hours} == {None}
