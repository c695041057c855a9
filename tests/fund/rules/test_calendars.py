"""The days of a round, the names of funds, and what is told of how long stages took."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.fund.rules.calendars import CalendarDay, RoundCalendar
from cdv_civic.fund.rules.names import LONGEST_SLUG, RESERVED, free_slug, slug_of
from cdv_civic.fund.rules.projects import PAYMENT_DAYS, ProjectState, StateChange
from cdv_civic.fund.rules.published import (
    FEWEST_MEASURED,
    NOT_PUBLIC,
    PUBLIC_STATES,
    histories_of,
    measured_days,
    newest_measured,
)

DAY = date(2027, 3, 1)


def test_days_that_follow_one_another_do_not_contradict_each_other() -> None:
    calendar = RoundCalendar(opens_on=DAY, closes_on=DAY, choice_on=DAY + timedelta(30))
    assert calendar.contradictions() == []
    assert RoundCalendar().contradictions() == []


def test_a_day_before_the_one_that_it_should_follow_is_named_with_it() -> None:
    calendar = RoundCalendar(
        opens_on=DAY, closes_on=DAY - timedelta(1), decision_until=DAY, payment_until=DAY - timedelta(3)
    )
    assert calendar.contradictions() == [
        (CalendarDay.CLOSES, CalendarDay.OPENS),
        (CalendarDay.PAYMENT, CalendarDay.DECISION),
    ]


def test_a_round_all_year_compares_its_other_days_with_the_first() -> None:
    calendar = RoundCalendar(opens_on=DAY, choice_on=DAY - timedelta(1))
    assert calendar.contradictions() == [(CalendarDay.CHOICE, CalendarDay.OPENS)]


@given(st.text(max_size=120))
def test_a_name_reads_neither_as_a_number_nor_as_a_reserved_word(title: str) -> None:
    slug = slug_of(title.casefold(), "appel")
    assert "-" in slug
    assert slug not in RESERVED
    assert len(slug) <= LONGEST_SLUG + len("appel-")


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_a_reserved_word_gets_another_before_it(word: str) -> None:
    assert slug_of(word, "fonds") == f"fonds-{word}"


def test_the_second_of_a_name_gets_a_number() -> None:
    assert free_slug("appel-2027", {"appel-2027", "appel-2027-2"}) == "appel-2027-3"


def paid_after(days: int) -> list[StateChange]:
    states = ("submitted", "admissible", "in-choice", "selected", "notified", "paid")
    step = days / (len(states) - 1)
    return [
        StateChange(ProjectState(state), DAY + timedelta(round(step * number)))
        for number, state in enumerate(states)
    ]


def test_how_long_it_takes_is_told_once_three_projects_came_so_far() -> None:
    assert measured_days([paid_after(10), paid_after(20)]) == []
    found = measured_days([paid_after(10), paid_after(20), paid_after(100)])
    assert (found[0].first, found[0].last, found[0].days, found[0].projects) == (
        ProjectState.SUBMITTED,
        ProjectState.PAID,
        20,
        FEWEST_MEASURED,
    )
    assert [stage.most for stage in found] == [None, None, None, None, PAYMENT_DAYS]


def test_a_stage_that_too_few_came_through_is_left_out() -> None:
    found = measured_days([paid_after(10), paid_after(20), paid_after(30)[:4]])
    assert {(stage.first, stage.last) for stage in found} == {
        (ProjectState.SUBMITTED, ProjectState.ADMISSIBLE),
        (ProjectState.ADMISSIBLE, ProjectState.SELECTED),
    }


def test_the_newest_year_of_which_anything_can_be_told_is_told() -> None:
    many = [paid_after(10)] * 3
    newest = newest_measured({2025: many, 2026: many, 2027: many[:2]})
    assert newest is not None
    assert newest[0] == 2026
    assert newest_measured({2027: many[:2]}) is None


def test_histories_are_read_from_rows_in_order() -> None:
    rows = [(1, "submitted", DAY), (1, "admissible", DAY), (2, "submitted", DAY)]
    assert {key: len(changes) for key, changes in histories_of(rows).items()} == {1: 2, 2: 1}


def test_each_state_is_public_or_not() -> None:
    assert NOT_PUBLIC | set(PUBLIC_STATES) == set(ProjectState)
    assert {each.value for each in NOT_PUBLIC} == {"submitted", "incomplete", "inadmissible"}
