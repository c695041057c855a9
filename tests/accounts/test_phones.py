"""One number is one number, however somebody writes it; what takes no text message is said so."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cdv_civic.accounts.phones import FICTIONAL, BadPhone, fold_phone, read_number, shown

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("0612345678", "+33612345678"),
        ("06 12 34 56 78", "+33612345678"),
        ("06\u00a012\u202f34 56 78", "+33612345678"),
        ("06.12.34.56.78", "+33612345678"),
        ("06-12-34-56-78", "+33612345678"),
        ("06\u201112\u201134\u201156\u201178", "+33612345678"),
        ("06/12/34/56/78", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("0033 6 12 34 56 78", "+33612345678"),
        ("\u202a+33612345678\u202c", "+33612345678"),
        ("\u206806 12 34\u200b 56 78\u2069", "+33612345678"),
        ("tel:+33612345678", "+33612345678"),
        ("« 06 12 34 56 78 »", "+33612345678"),
        ("٠٦١٢٣٤٥٦٧٨", "+33612345678"),
        ("０６１２３４５６７８", "+33612345678"),
        ("07 56 12 34 56", "+33756123456"),
        ("0690 12 34 56", "+590690123456"),
        ("0696 20 12 34", "+596696201234"),
        ("0694 20 12 34", "+594694201234"),
        ("0692 12 34 56", "+262692123456"),
        ("+262 692 12 34 56", "+262692123456"),
        ("0639 01 23 45", "+262639012345"),
        ("+33 6 92 11 22 33", "+262692112233"),
        ("0033 692 11 22 33", "+262692112233"),
        ("+33 6 90 11 22 33", "+590690112233"),
        ("+33 6 96 20 12 34", "+596696201234"),
        ("+33 6 94 20 12 34", "+594694201234"),
        ("+33 6 39 01 23 45", "+262639012345"),
        ("Tél. 06 12 34 56 78 (portable)", "+33612345678"),
        ("06·12·34·56·78", "+33612345678"),
    ],
)
def test_numbers_of_france_and_overseas(typed: str, folded: str) -> None:
    assert fold_phone(typed) == folded


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "n’est pas complet"),
        ("06 12 34 56", "n’est pas complet"),
        ("06 12 34 56 78 90", "n’est pas complet"),
        ("0612345678\r\nBcc: x", "n’est pas complet"),
        ("06 12 ABCD 78", "n’est pas complet"),
        ("0612345678;ext=3", "n’est pas complet"),
        ("+33612345678 x12", "n’est pas complet"),
        ("1" * 10_000, "n’est pas complet"),
        ("01 45 67 89 01", "ne reçoit pas de SMS"),
        ("0800 123 456", "ne reçoit pas de SMS"),
        ("+32 470 12 34 56", "dans ce pays"),
        ("3646", "n’est pas complet"),
        ("٠", "n’est pas complet"),
    ],
)
def test_what_takes_no_message_is_said(app: object, typed: str, sentence: str) -> None:
    with pytest.raises(BadPhone) as refused:
        fold_phone(typed)
    assert sentence in str(refused.value.sentence)
    assert refused.value.field == "phone"


def test_a_site_near_a_border_may_take_its_neighbours() -> None:
    assert fold_phone("+32 470 12 34 56", ("FR", "BE")) == "+32470123456"
    assert fold_phone("+32 470 12 34 56", ("ALL",)) == "+32470123456"
    with pytest.raises(BadPhone):
        fold_phone("+212 612-345678", ("FR", "BE"))
    with pytest.raises(BadPhone):
        fold_phone("0612345678", ("BE",))


def test_a_number_is_shown_as_people_say_it() -> None:
    assert shown("+33612345678") == "06 12 34 56 78"
    assert shown("+262692123456") == "+262 692 12 34 56"


@given(st.integers(0, 99_999_999), st.lists(st.sampled_from(" .-/\u00a0\u202f()"), max_size=10))
def test_signs_between_digits_change_nothing(number: int, signs: list[str]) -> None:
    digits = f"06{number:08d}"
    try:
        folded = fold_phone(digits)
    except BadPhone:
        return
    mixed = "".join(
        digit + (signs[place] if place < len(signs) else "") for place, digit in enumerate(digits)
    )
    assert fold_phone(mixed) == folded
    assert fold_phone(folded) == folded


@given(st.text(max_size=60))
@example("000")
def test_nothing_typed_breaks_it(typed: str) -> None:
    try:
        folded = fold_phone(typed)
    except BadPhone:
        return
    assert folded.startswith("+")
    assert folded[1:].isdigit()
    assert fold_phone(folded) == folded


@pytest.mark.parametrize("typed", ["06 39 98 12 34", "+33 6 39 98 12 34"])
def test_numbers_of_films_are_taken_where_it_is_said(typed: str) -> None:
    assert fold_phone(typed, fictional=True) == "+33639981234"
    with pytest.raises(BadPhone):
        fold_phone(typed)


@pytest.mark.parametrize("beginning", FICTIONAL)
def test_fixed_lines_of_films_are_read_where_it_is_said(beginning: str) -> None:
    digits = beginning + "1" * (10 - len(beginning))
    assert str(read_number(digits, fictional=True).national_number) == digits[1:]
    with pytest.raises(BadPhone):
        read_number("05 36 48 11 11 1", fictional=True)


@pytest.mark.parametrize("typed", ["0590 90 12 34", "0692 12 34 56", "01 45 67 89 01", "+32 2 555 12 12"])
def test_any_number_is_read_where_somebody_is_called_back(typed: str) -> None:
    assert read_number(typed)
