"""Tables of candidates as people paste them."""

import csv
import io
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.draws.candidates import (
    NewCandidate,
    TableProblem,
    contact_of,
    decoded,
    read_candidates,
    value_of,
)
from cdv_civic.draws.rules import Category, Value, plain

GENDER = Category("Genre", (Value("Femmes"), Value("Hommes")))
AGE = Category("Âge", (Value("16-25 ans"), Value("26 ans et plus")))
BOTH = (GENDER, AGE)
LINES = "Awa;Diop;awa@example.org;Femmes;16-25 ans\nJean;Roy;06 12 34 56 78;Hommes;26 ans et plus\n"


def names(text: str) -> list[str]:
    reading = read_candidates(text, BOTH)
    assert reading.problems == ()
    return [f"{row.candidate.first_name} {row.candidate.last_name}" for row in reading.rows]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_however_it_was_saved(separator: str, encoding: str, end: str) -> None:
    text = LINES.replace("Jean", "Zoé").replace(";", separator).replace("\n", end)
    assert names(decoded(text.encode(encoding))) == ["Awa Diop", "Zoé Roy"]


def test_columns_with_names_come_in_any_order() -> None:
    text = 'ÂGE;nom;Prénom;Téléphone;E-mail;genre\n16-25 ans;"Diop; née Ba";Awa;;AWA@example.org;femme\n'
    (row,) = read_candidates(text, BOTH).rows
    assert row.candidate == NewCandidate(
        "Awa", "Diop; née Ba", "awa@example.org", "", ("Femmes", "16-25 ans")
    )
    assert row.line == 2


def test_a_person_said_twice_counts_once() -> None:
    text = LINES + LINES.splitlines()[0].replace("Awa;Diop;awa", " AWA ;Diop;Awa") + "\n"
    reading = read_candidates(text, BOTH)
    assert len(reading.rows) == 2
    assert reading.repeated == ((3, 1),)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (";Diop;;Femmes;16-25 ans", TableProblem(1, "no_first_name")),
        ("Awa;Diop;nonsense;Femmes;16-25 ans", TableProblem(1, "contact", "nonsense")),
        ("Awa;Diop;a@b;Femmes;16-25 ans", TableProblem(1, "contact", "a@b")),
        ("Awa;Diop;;Autre;16-25 ans", TableProblem(1, "value", "Autre", "Femmes · Hommes")),
        ("Awa;Diop;;Femmes;", TableProblem(1, "no_value", "Âge", "16-25 ans · 26 ans et plus")),
        ("Awa;Diop;;Femmes", TableProblem(1, "no_value", "Âge", "16-25 ans · 26 ans et plus")),
        ("Awa;;;Femmes;16-25 ans", TableProblem(1, "unknown_person", "Awa")),
        (f"{'A' * 81};Diop;;Femmes;16-25 ans", TableProblem(1, "long", "A" * 20)),
        ("Prénom;Nom;Genre\nAwa;Diop;Femmes", TableProblem(1, "no_column", "Âge")),
        ("Nom;Genre;Âge\nDiop;Femmes;16-25 ans", TableProblem(1, "no_first_name_column")),
    ],
)
def test_a_line_that_cannot_be_read_says_why(line: str, problem: TableProblem) -> None:
    assert read_candidates(line, BOTH).problems == (problem,)


def test_a_table_that_is_too_long_is_refused_whole() -> None:
    text = "".join(f"Prénom{each};Nom\n" for each in range(5002))
    reading = read_candidates(text, ())
    assert [each.kind for each in reading.problems] == ["many"]
    assert reading.rows == ()


def test_a_value_is_known_with_its_plural_or_without() -> None:
    assert value_of(GENDER, "femme") == "Femmes"
    assert value_of(GENDER, "HOMMES") == "Hommes"
    assert value_of(GENDER, "F") is None
    assert value_of(Category("Secteur", (Value("Nord"), Value("Nords"))), "nord") == "Nord"


@given(st.text())
def test_a_contact_is_an_address_a_number_or_nothing(typed: str) -> None:
    found = contact_of(typed)
    assert found is None or (not (found[0] and found[1]) and bool(found[0] or found[1]) == bool(plain(typed)))


@given(st.text(max_size=400))
def test_any_text_at_all_is_answered(text: str) -> None:
    read_candidates(text, BOTH)


_USUAL = (
    st.sampled_from(("Awa", " Zoé ", "Jean\u00a0Paul", "\u200bLi")),
    st.sampled_from(("Diop", "Roy")),
    st.sampled_from(("a@example.org", "06 12 34 56 78", "")),
    st.sampled_from(("Femmes", "homme")),
    st.sampled_from(("16-25 ans", "26 ans et plus")),
)
_LINES = st.tuples(*_USUAL) | st.tuples(*(cell | st.text(max_size=12) for cell in _USUAL))
_TABLES = st.lists(_LINES.map(";".join), max_size=6).map("\n".join)


def test_whatever_is_pasted_is_answered() -> None:
    seen: Counter[str] = Counter()

    @given(_TABLES)
    def read_any(text: str) -> None:
        reading = read_candidates(text, BOTH)
        for row in reading.rows:
            assert row.candidate.first_name
            assert row.candidate.key
            assert row.candidate.profile[0] in ("Femmes", "Hommes")
            assert row.candidate.profile[1] in ("16-25 ans", "26 ans et plus")
            assert plain(row.candidate.first_name) == row.candidate.first_name
        keys = [row.candidate.key for row in reading.rows]
        assert len(keys) == len(set(keys))
        seen.update(rows=len(reading.rows), problems=len(reading.problems), repeated=len(reading.repeated))

    read_any()
    assert min(seen[kind] for kind in ("rows", "problems", "repeated")) > 0, "all kinds were looked at"


@given(st.binary(max_size=400))
def test_whatever_file_is_chosen_is_answered(data: bytes) -> None:
    read_candidates(decoded(data), BOTH)


_name = st.text(st.characters(categories=["L"]), min_size=1, max_size=12).map(plain).filter(bool)


@given(
    st.lists(
        st.tuples(_name, _name, st.sampled_from(GENDER.values), st.sampled_from(AGE.values)), max_size=12
    ),
    st.sampled_from(";,\t"),
)
def test_what_a_spreadsheet_writes_is_read_whole(
    people: list[tuple[str, str, Value, Value]], separator: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(["Prénom", "Nom", "Contact", "Genre", "Âge"])
    for number, (first, last, gender, age) in enumerate(people):
        writer.writerow([first, last, f"p{number}@example.org", gender.name, age.name])
    reading = read_candidates(out.getvalue(), BOTH)
    assert reading.problems == ()
    assert [
        (row.candidate.first_name, row.candidate.last_name, row.candidate.profile) for row in reading.rows
    ] == [(first, last, (gender.name, age.name)) for first, last, gender, age in people]
