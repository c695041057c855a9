"""Amounts as people type them, and the public numbers of those who carry projects."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.fund.rules.amounts import AmountFault, BadAmount, read_cents
from cdv_civic.fund.rules.budgets import MOST_CENTS
from cdv_civic.fund.rules.identifiers import BadIdentifier, read_rna, read_siret

AMOUNTS = st.integers(0, MOST_CENTS)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1 500", 1500_00),
        ("1500,50", 1500_50),
        ("1.500", 1500_00),
        ("1.500,50", 1500_50),
        ("1 500 €", 1500_00),
        ("1\u202f500,00\u00a0€", 1500_00),
        ("12€50", 12_50),
        ("12 euros 50", 12_50),
        ("800 euros", 800_00),
        ("€ 20", 20_00),
        ("1500 EUR", 1500_00),
        ("١٥٠٠٫٥٠", 1500_50),
        ("0", 0),
    ],
)
def test_an_amount_is_read_however_it_is_typed(typed: str, cents: int) -> None:
    assert read_cents(typed) == cents


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("quinze cents", AmountFault.NONE),
        ("environ 500", AmountFault.NONE),
        ("", AmountFault.NONE),
        ("1e3", AmountFault.NONE),
        ("1,250", AmountFault.TWO_WAYS),
        ("-5", AmountFault.NEGATIVE),
        ("0,001", AmountFault.FRACTION),
        ("12 345 678", AmountFault.TOO_LARGE),
    ],
)
def test_what_is_no_amount_says_why(typed: str, fault: AmountFault) -> None:
    with pytest.raises(BadAmount) as refused:
        read_cents(typed)
    assert refused.value.fault is fault


@given(AMOUNTS)
def test_each_way_to_write_an_amount_is_read_as_that_amount(cents: int) -> None:
    euros, rest = divmod(cents, 100)
    for spaced in (f"{euros:,}".replace(",", " "), f"{euros:,}".replace(",", "\u202f"), str(euros)):
        for sign in ("", " €", "€", " euros"):
            assert read_cents(f"{spaced},{rest:02}{sign}") == cents
    assert read_cents(f"{euros}€{rest:02}") == cents


@given(st.text(max_size=60))
def test_whatever_is_typed_is_an_amount_or_is_refused(typed: str) -> None:
    with suppress(BadAmount):
        assert 0 <= read_cents(typed) <= MOST_CENTS


@pytest.mark.parametrize("typed", ["W751234567", "w 751 234 567", "W.751.234.567", "« W751234567 »"])
def test_an_rna_is_pasted_as_it_stands(typed: str) -> None:
    assert read_rna(typed) == "W751234567"


@pytest.mark.parametrize("typed", ["", "W75123456", "W7512345678", "751234567", "W75123456O"])
def test_what_is_no_rna_is_refused(typed: str) -> None:
    with pytest.raises(BadIdentifier):
        read_rna(typed)


@pytest.mark.parametrize("typed", ["73282932000074", "732 829 320 00074", "732.829.320.00074"])
def test_a_siret_is_pasted_as_it_stands(typed: str) -> None:
    assert read_siret(typed) == "73282932000074"


@pytest.mark.parametrize("typed", ["", "7328293200007", "732829320000741", "7328293200007A"])
def test_what_is_no_siret_is_refused(typed: str) -> None:
    with pytest.raises(BadIdentifier):
        read_siret(typed)


@given(st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(place: int, more: int) -> None:
    right = "73282932000074"
    wrong = f"{right[:place]}{(int(right[place]) + more) % 10}{right[place + 1 :]}"
    with pytest.raises(BadIdentifier):
        read_siret(wrong)


def test_la_poste_keeps_to_a_rule_of_its_own() -> None:
    assert read_siret("356 000 000 00010") == "35600000000010"
    assert read_siret("356 000 000 00048") == "35600000000048"
    with pytest.raises(BadIdentifier):
        read_siret("356 000 000 00011")
