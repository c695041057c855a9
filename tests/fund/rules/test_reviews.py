"""When a review is due, when somebody is reminded of it, what goes back where a project stops."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.rules.reviews import due_after, may_remind, sum_given_back

TODAY = date(2026, 11, 27)


@dataclass(frozen=True)
class Round:
    review_until: date | None


def test_a_review_is_due_on_the_day_of_its_round() -> None:
    assert due_after(Round(date(2027, 1, 31)), date(2026, 6, 1)) == date(2027, 1, 31)


@pytest.mark.parametrize(
    ("paid", "due"),
    [
        (date(2026, 6, 1), date(2026, 12, 1)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 6, 30)),
    ],
)
def test_it_is_due_six_months_after_the_payment_where_the_round_says_no_day(paid: date, due: date) -> None:
    assert due_after(Round(None), paid) == due


def test_money_that_comes_late_leaves_six_months_all_the_same() -> None:
    assert due_after(Round(date(2026, 6, 1)), date(2026, 6, 1)) == date(2026, 12, 1)


@given(st.dates(date(2014, 1, 1), date(2099, 1, 1)), st.none() | st.dates(date(2014, 1, 1), date(2099, 1, 1)))
def test_a_review_is_never_due_before_the_money_came(paid: date, promised: date | None) -> None:
    assert due_after(Round(promised), paid) > paid


def test_a_late_review_is_spoken_of_every_thirty_days_at_most() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert may_remind(yesterday, None, TODAY)
    assert not may_remind(TODAY, None, TODAY), "its day is not over"
    assert not may_remind(None, None, TODAY), "no day is known"
    assert not may_remind(yesterday, TODAY - timedelta(days=29), TODAY)
    assert may_remind(yesterday, TODAY - timedelta(days=30), TODAY)


def test_all_goes_back_before_the_payment_and_what_is_said_after_it() -> None:
    assert sum_given_back(ProjectState.SELECTED, 500_00, None) == 500_00
    assert sum_given_back(ProjectState.NOTIFIED, 500_00, 10_00) == 500_00
    assert sum_given_back(ProjectState.PAID, 500_00, 120_00) == 120_00
    assert sum_given_back(ProjectState.DONE, 500_00, None) == 0
