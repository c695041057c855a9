"""Names and addresses: what may be shown, to whom, and what is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.accounts.rules import (
    LONGEST_NAME,
    BadNames,
    masked_email,
    masked_phone,
    name_problem,
    tidy_name,
)

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    "name", ["", "a" * 60, "Zoubida", "زبيدة", "Jean-Loup", "L’Orlysienne 94", "சுதா", "O'Neil"]
)
def test_names_of_all_kinds_are_kept(name: str) -> None:
    assert name_problem(tidy_name(name)) is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("a" * 61, BadNames.LONG),
        ("a" * 10_000, BadNames.LONG),
        ("a\nBcc: b", BadNames.CHARACTERS),
        ("a\rb", BadNames.CHARACTERS),
        ("a\x00b", BadNames.CHARACTERS),
        ("a\u202eb", BadNames.CHARACTERS),
        ("<script>", BadNames.CHARACTERS),
        ("[lien](http)", BadNames.CHARACTERS),
        ("moi@example.org", BadNames.CHARACTERS),
        ("http://mechant", BadNames.CHARACTERS),
    ],
)
def test_what_is_no_name_is_refused(name: str, problem: BadNames) -> None:
    assert name_problem(tidy_name(name)) is problem


@given(st.text())
def test_a_name_that_is_kept_fits_on_one_line_of_a_head(name: str) -> None:
    tidy = tidy_name(name)
    assert tidy_name(tidy) == tidy
    if name_problem(tidy) is None:
        assert len(tidy) <= LONGEST_NAME
        assert tidy.isprintable()
        assert not set("<>@") & set(tidy)


def test_addresses_are_masked() -> None:
    assert masked_email("prenom.nom@ville.fr") == "p•••@ville.fr"
    assert masked_email("") == ""
    assert masked_phone("+33612345678") == "+33 •••• 78"
    assert masked_phone("") == masked_phone("112233") == "", "too short to hide anything of it"
    assert masked_phone("1122334") == "112 •••• 34"
