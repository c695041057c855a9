"""How much of a name everybody reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.participation.rules.public_names import NameShown, is_minor, public_name


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (NameShown.NOTHING, None),
        (NameShown.FIRST_NAME, "Awa"),
        (NameShown.INITIAL, "Awa D."),
        (NameShown.FULL, "Awa Diop"),
    ],
)
def test_a_name_is_said_as_far_as_the_person_agreed(shown: NameShown, said: str | None) -> None:
    assert public_name("Awa", "Diop", minor=False, shown=shown) == said


@given(st.text(), st.text(), st.sampled_from(NameShown))
def test_a_minor_has_no_public_name(first: str, last: str, shown: NameShown) -> None:
    assert public_name(first, last, minor=True, shown=shown) is None


@given(st.text(), st.sampled_from(NameShown))
def test_a_last_name_never_stands_alone(last: str, shown: NameShown) -> None:
    for first in ("", "  "):
        assert public_name(first, last, minor=False, shown=shown) is None


@given(st.text(min_size=1).filter(str.strip), st.text())
def test_an_initial_says_one_letter_of_the_last_name(first: str, last: str) -> None:
    said = public_name(first, last, minor=False, shown=NameShown.INITIAL)
    assert said is not None
    rest = said.removeprefix(first.strip())
    assert rest in ("", f" {last.strip()[:1].upper()}.")
    assert (rest == "") == (not last.strip())


def test_a_name_without_a_last_one_is_not_filled_up() -> None:
    for shown in (NameShown.FIRST_NAME, NameShown.INITIAL, NameShown.FULL):
        assert public_name(" زبيدة ", "", minor=False, shown=shown) == "زبيدة"


def test_who_said_once_to_be_under_18_is() -> None:
    assert is_minor(False, True)
    assert is_minor(None, True)
    assert not is_minor(False, None)
