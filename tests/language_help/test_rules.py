"""What may be said of a service, from plain values."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core.i18n.spoken import SPOKEN, own_name
from cdv_civic.language_help.rules import LONGEST_PHONE, Reachable, Wrong, readers_first, wrongs_with

GOOD = Reachable("Maison du Projet", ("ar",), "1 rue de l’Exemple", "01 99 00 12 34")


def test_a_service_with_a_name_a_language_and_a_way_to_reach_it_is_right() -> None:
    assert wrongs_with(GOOD, SPOKEN) == []
    assert wrongs_with(replace(GOOD, place=""), SPOKEN) == []
    assert wrongs_with(replace(GOOD, phone=""), SPOKEN) == []


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (replace(GOOD, service=""), Wrong.SERVICE),
        (replace(GOOD, service="x" * 121), Wrong.SERVICE),
        (replace(GOOD, spoken=()), Wrong.SPOKEN),
        (replace(GOOD, spoken=("ar", "klingon")), Wrong.SPOKEN),
        (replace(GOOD, place="x" * 201), Wrong.PLACE),
        (replace(GOOD, phone="appelez-nous"), Wrong.PHONE),
        (replace(GOOD, phone="1"), Wrong.PHONE),
        (replace(GOOD, place="", phone=""), Wrong.NOWHERE),
    ],
)
def test_what_is_wrong_is_told(said: Reachable, wrong: Wrong) -> None:
    assert wrongs_with(said, SPOKEN) == [wrong]


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert wrongs_with(Reachable("", (), "", "x"), SPOKEN) == [Wrong.SERVICE, Wrong.SPOKEN, Wrong.PHONE]


@given(st.text("0123456789 +", max_size=60))
def test_a_number_that_is_taken_can_be_dialled_and_shown(typed: str) -> None:
    if typed and wrongs_with(replace(GOOD, phone=typed), SPOKEN) == []:
        assert typed[0] in "+0123456789"
        assert typed.strip() == typed
        assert "  " not in typed
        assert len(typed) <= LONGEST_PHONE + 20


@dataclass(frozen=True)
class Speaks:
    name: str
    spoken: tuple[str, ...]


def test_those_that_speak_the_readers_language_come_first_and_the_rest_keep_their_order() -> None:
    found = readers_first([Speaks("a", ("tr",)), Speaks("b", ("ar",)), Speaks("c", ("tr", "ar"))], "ar")
    assert [each.name for each in found] == ["b", "c", "a"]


def test_a_language_is_named_in_its_own_words_where_they_are_known() -> None:
    assert own_name("tr") == "Türkçe"
    assert own_name("ar") == "العربية"
    assert own_name("snk") is None
    assert own_name("sgn") is None
