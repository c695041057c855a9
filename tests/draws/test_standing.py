"""What a draw says of one number."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.draws.algorithm import Result
from cdv_civic.draws.rules import Candidate, PublishedList
from cdv_civic.draws.standing import FoundNumber, NumberStanding, find_number

LABELS = ("10001", "10002", "10003", "10004")
PUBLISHED = PublishedList(
    body="Conseil",
    title="Habitants",
    college="habitants",
    seats=1,
    substitutes=2,
    number=1,
    seed_rule="Un tirage public",
    seed_day=date(2026, 12, 1),
    candidates=tuple(map(Candidate, LABELS)),
)
RESULT = Result(("10002",), ("10004", "10001"))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("10002", FoundNumber("10002", NumberStanding.SEATED)),
        ("10004", FoundNumber("10004", NumberStanding.SUBSTITUTE, 1)),
        ("10001", FoundNumber("10001", NumberStanding.SUBSTITUTE, 2)),
        ("10003", FoundNumber("10003", NumberStanding.NOT_DRAWN)),
        ("99999", FoundNumber("99999", NumberStanding.UNKNOWN)),
        ("1000", FoundNumber("1000", NumberStanding.UNKNOWN)),
    ],
)
def test_a_number_is_drawn_behind_not_drawn_or_unknown(typed: str, found: FoundNumber) -> None:
    assert find_number(typed, PUBLISHED, RESULT) == found


@pytest.mark.parametrize(
    "typed", [" 10 002 ", "n° 10002", "10\u00a0002", "10.002", "١٠٠٠٢", "۱۰۰۰۲", "\u200f10002"]
)
def test_a_number_is_read_as_people_type_it(typed: str) -> None:
    assert find_number(typed, PUBLISHED, RESULT) == FoundNumber("10002", NumberStanding.SEATED)


def test_before_the_draw_a_number_is_on_the_list_or_is_not() -> None:
    assert find_number("10002", PUBLISHED, None) == FoundNumber("10002", NumberStanding.LISTED)
    assert find_number("99999", PUBLISHED, None) == FoundNumber("99999", NumberStanding.UNKNOWN)


def test_a_number_that_was_taken_off_the_list_is_no_longer_on_it() -> None:
    shorter = replace(PUBLISHED, candidates=PUBLISHED.candidates[:1])
    assert find_number("10002", shorter, None) == FoundNumber("10002", NumberStanding.UNKNOWN)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_answered_or_asked_again(typed: str) -> None:
    found = find_number(typed, PUBLISHED, RESULT)
    assert found is None or (found.number.isascii() and found.number.isdigit() and len(found.number) <= 20)


@pytest.mark.parametrize("typed", ["", "  ", "zéro", "½", "²"])
def test_what_holds_no_digit_is_no_number(typed: str) -> None:
    assert find_number(typed, PUBLISHED, RESULT) is None
