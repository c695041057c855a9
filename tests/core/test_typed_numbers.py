"""Numbers are read as people in France type them, and never guessed."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core.typed_numbers import BadNumber, NumberFault, read_decimal


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1250", "1250"),
        ("1 250", "1250"),
        ("1\u202f250", "1250"),
        ("1\u00a0250,50", "1250.50"),
        ("12.500", "12500"),
        ("1.250.000", "1250000"),
        ("1.250,50", "1250.50"),
        ("1,250.50", "1250.50"),
        ("1,250,000", "1250000"),
        ("1'250", "1250"),
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("12.50", "12.50"),
        ("0.125", "0.125"),
        ("0,125", "0.125"),
        ("1250.125", "1250.125"),
        ("-3", "-3"),
        ("−3", "-3"),
        ("+3", "3"),
        ("١٢٥٠", "1250"),
        ("１２５０", "1250"),
    ],
)
def test_thousands_and_decimals_are_told_apart(typed: str, number: str) -> None:
    assert read_decimal(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["1,250", "-12,500", "999,999"])
def test_what_can_be_read_in_two_ways_is_asked_about(typed: str) -> None:
    with pytest.raises(BadNumber) as refused:
        read_decimal(typed)
    assert refused.value.fault is NumberFault.TWO_WAYS


@pytest.mark.parametrize(
    "typed",
    ["", " ", "-", "1e5", "NaN", "inf", "1.2.3", "1,2,3", "12 34", "1 2500", "0x10", "½", "9" * 41, "1..2"],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(BadNumber) as refused:
        read_decimal(typed)
    assert refused.value.fault is NumberFault.NONE


@given(
    st.integers(0, 10**12),
    st.none() | st.from_regex(r"[0-9]{1,2}", fullmatch=True),
    st.sampled_from([" ", ".", "'", "\u202f", ""]),
)
def test_a_number_is_read_as_it_was_written_in_french(whole: int, part: str | None, between: str) -> None:
    written = f"{whole:,}".replace(",", between) + (f",{part}" if part else "")
    if between == "." and whole < 1000 and part is None:
        written = str(whole)
    assert read_decimal(written) == Decimal(f"{whole}.{part or 0}")


@given(st.text(max_size=50) | st.text("0123456789 .,'+-eE", max_size=50))
def test_whatever_is_typed_is_a_finite_number_or_is_refused(typed: str) -> None:
    with suppress(BadNumber):
        assert read_decimal(typed).is_finite()
