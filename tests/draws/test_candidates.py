"""Tables of candidates as people paste them."""

import csv
import io
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core.spreadsheets.lines import read_table
from cdv_civic.core.spreadsheets.reading import decoded
from cdv_civic.draws.candidates import (
    Reading,
    TableProblem,
    contact_of,
    read_candidates,
    value_of,
)
from cdv_civic.draws.persons import ALL_PERSONS, OTHER, NewCandidate
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
        ('Awa;"Diop;;Femmes;16-25 ans', TableProblem(1, "quote")),
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


def accounted(reading: Reading) -> None:
    """Each line is read, named, known, or asked about: none is lost."""
    if [each.kind for each in reading.problems] == ["many"] or any(
        each.kind in ("no_column", "no_first_name_column") for each in reading.problems
    ):
        return
    open_values = sum(each.lines for each in reading.values if not each.answered)
    told = (
        {row.line for row in reading.rows}
        | {each.line for each in reading.problems}
        | {line for line, _first in reading.repeated}
        | {each.line for each in reading.doubts}
        | set(reading.known)
    )
    assert len(told) <= reading.lines <= len(told) + open_values


CSV = "Prénom;Nom;E-mail;Genre;Âge\n" + "".join(
    f"Prénom{each};Nom{each};p{each}@example.org;Femmes;16-25 ans\n" for each in range(1, 10)
)


def test_a_pasted_quote_is_a_character_like_another() -> None:
    text = "\n".join(
        [
            'Awa\t"Diop\tawa@example.org\tFemmes\t16-25 ans',
            "Inès\tSilva\tines@example.org\tFemmes\t16-25 ans",
            'Jean\t"Roy\tjean@example.org\tHommes\t16-25 ans',
        ]
    )
    assert names(text) == ["Awa Diop", "Inès Silva", "Jean Roy"]


@pytest.mark.parametrize("separator", [";", ","])
def test_one_stray_quote_names_its_line_and_no_other(separator: str) -> None:
    text = CSV.replace("Prénom3", '"Prénom3').replace(";", separator)
    reading = read_candidates(text, BOTH)
    assert reading.problems == (TableProblem(4, "quote"),)
    assert [row.line for row in reading.rows] == [2, 3, 5, 6, 7, 8, 9, 10]
    assert reading.lines == 9


@pytest.mark.parametrize(("slips", "joined"), [(3, True), (200, False)])
def test_cells_over_several_lines_are_looked_for_until_too_many_quotes_stand_open(
    slips: int, joined: bool
) -> None:
    slip = 'b";"' + "b" * 400
    table = read_table("\n".join([slip] * slips + ["Awa;Diop", '"Zoé', 'Anne";Roy']), 5000)
    assert (("Zoé\nAnne", "Roy") in [line.cells for line in table.lines]) is joined
    assert len(table.broken) == slips + (0 if joined else 1)


def test_two_stray_quotes_swallow_nothing() -> None:
    text = CSV.replace("Nom3", '"Nom3').replace("Nom7", 'Nom7"')
    reading = read_candidates(text, BOTH)
    assert [each.line for each in reading.problems] == [4]
    accounted(reading)
    text = CSV.replace("Prénom3", '"Prénom3').replace("Prénom7", '"Prénom7')
    assert [each.line for each in read_candidates(text, BOTH).problems] == [4, 8]


def test_a_cell_that_a_spreadsheet_wrote_over_two_lines_is_one() -> None:
    text = 'Prénom;Nom;"N° de\ntéléphone";Genre;Âge\n"Awa\nMarie";Diop;0612345678;Femmes;16-25 ans\nLi;Wu;;Femmes;16-25 ans'
    reading = read_candidates(text, BOTH)
    assert [(row.line, row.candidate.first_name, row.candidate.phone) for row in reading.rows] == [
        (3, "Awa Marie", "06 12 34 56 78"),
        (5, "Li", ""),
    ]


def test_a_line_that_says_the_separator_is_no_line_of_people() -> None:
    for first in ("sep=;", '"sep=;"', "SEP=;", "\ufeffsep=;"):
        reading = read_candidates(f"{first}\n{LINES}", BOTH)
        assert [row.line for row in reading.rows] == [2, 3]
        assert reading.lines == 2


@given(st.data())
def test_a_quote_anywhere_loses_no_line(data: st.DataObject) -> None:
    text = CSV.replace(";", data.draw(st.sampled_from(";,\t")))
    for _quote in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text) - 1))
        text = text[:place] + '"' + text[place:]
    reading = read_candidates(text, BOTH)
    headed = any(each.line == 1 for each in reading.problems)
    assert headed or reading.lines == 9
    accounted(reading)


@pytest.mark.parametrize(
    "name",
    [
        "N° de téléphone",
        "Téléphone portable",
        "GSM",
        "Tél.",
        "Numéro",
        "Tél. mobile 1",
        "n° portable",
        "WhatsApp",
    ],
)
def test_a_phone_column_is_known_by_many_names(name: str) -> None:
    (row,) = read_candidates(f"Prénom;Nom;{name}\nAwa;Diop;0612345678", ()).rows
    assert row.candidate.phone == "06 12 34 56 78"


@pytest.mark.parametrize(
    "name", ["Adresse électronique", "E-mail 1", "Courriel", "Mél", "adresse mail", "E-MAIL"]
)
def test_an_e_mail_column_is_known_by_many_names(name: str) -> None:
    (row,) = read_candidates(f"Prénom;Nom;{name}\nAwa;Diop;Awa@Example.org", ()).rows
    assert row.candidate.email == "awa@example.org"


def test_the_name_in_use_counts_before_the_name_of_birth() -> None:
    text = "Prénom;Nom de naissance;Nom d’usage\nAwa;Ba;Diop\nZoé;Roy;"
    assert [row.candidate.last_name for row in read_candidates(text, ()).rows] == ["Diop", "Roy"]


def test_the_second_of_two_phones_counts_where_the_first_is_empty() -> None:
    text = "Prénom;Nom;Téléphone fixe;Portable\nAwa;Diop;0145000000;0612345678\nZoé;Roy;0145000000;"
    assert [row.candidate.phone for row in read_candidates(text, ()).rows] == [
        "06 12 34 56 78",
        "01 45 00 00 00",
    ]


@pytest.mark.parametrize("name", ["Téléphone de la mère", "E-mail du tuteur", "Nom de la rue", "Bâtiment"])
def test_a_column_that_is_not_known_is_shown_and_may_be_chosen(name: str) -> None:
    text = f"Prénom;Nom;{name}\nAwa;Diop;0612345678\nZoé;Roy;"
    reading = read_candidates(text, ())
    (unread,) = reading.unread
    assert unread.name == name
    assert reading.complete
    chosen = read_candidates(text, (), {unread.field: "phone"})
    assert chosen.rows[0].candidate.phone == "06 12 34 56 78"
    assert chosen.digest != reading.digest


def test_a_missing_category_is_read_from_a_column_that_was_chosen() -> None:
    text = "Prénom;Nom;Civilité\nAwa;Diop;Mme\nJean;Roy;M."
    first = read_candidates(text, (GENDER,))
    assert first.problems == (TableProblem(1, "no_column", "Genre"),)
    chosen = {first.unread[0].field: "category 0"}
    asked = read_candidates(text, (GENDER,), chosen)
    assert [(each.said, each.answer, each.answered) for each in asked.values] == [
        ("Mme", "Femmes", False), ("M.", "Hommes", False),
    ]  # fmt: skip
    answers = chosen | {each.field: each.answer for each in asked.values}
    reading = read_candidates(text, (GENDER,), answers)
    assert [row.candidate.profile for row in reading.rows] == [("Femmes",), ("Hommes",)]
    assert reading.complete


def test_columns_without_names_that_are_too_many_are_shown() -> None:
    reading = read_candidates("Awa;Diop;;Femmes;16-25 ans;vient à pied\nZoé;Roy;;Femmes;16-25 ans;", BOTH)
    assert [each.name for each in reading.unread] == ["6"]
    assert len(reading.rows) == 2


def test_one_spelling_is_one_question() -> None:
    text = "Prénom;Nom;Genre\n" + "".join(
        f"P{each};N{each};{'H' if each % 4 else 'F'}\n" for each in range(200)
    )
    reading = read_candidates(text, (GENDER,))
    assert reading.problems == ()
    assert [(each.said, each.lines, each.answer) for each in reading.values] == [
        ("F", 50, "Femmes"), ("H", 150, "Hommes"),
    ]  # fmt: skip
    assert (reading.asks, reading.rows) == (True, ())
    answered = read_candidates(text, (GENDER,), {each.field: each.answer for each in reading.values})
    assert (answered.lines, len(answered.rows), answered.complete) == (200, 200, True)


def test_an_answer_that_no_category_has_is_none() -> None:
    text = "Awa;Diop;;X;16-25 ans"
    (asked,) = read_candidates(text, BOTH).values
    assert read_candidates(text, BOTH, {asked.field: "Autre"}).asks


def test_a_wrong_column_is_named_line_by_line() -> None:
    text = "Prénom;Nom;Genre\n" + "".join(f"P{each};N{each};rue {each}\n" for each in range(30))
    reading = read_candidates(text, (GENDER,))
    assert reading.values == ()
    assert len(reading.problems) == 30


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("612345678.0", ("", "06 12 34 56 78")),
        ("612345678", ("", "06 12 34 56 78")),
        ("6.12345678E+08", ("", "06 12 34 56 78")),
        ("6,12345678E8", ("", "06 12 34 56 78")),
        ("33612345678.00", ("", "06 12 34 56 78")),
        ("6.12E+08", None),
        ("+33 6 92 11 22 33", ("", "+262 692 11 22 33")),
        ("tel:06.12.34.56.78", ("", "06 12 34 56 78")),
        ("06 39 98 12 34", ("", "06 39 98 12 34")),
        ("\u202d06 12 34 56 78\u202c", ("", "06 12 34 56 78")),
        ("mailto:Awa@Example.org", ("awa@example.org", "")),
        ("Awa Diop <awa@example.org>", ("awa@example.org", "")),
        ("12 34", None),
        ("", ("", "")),
    ],
)
def test_a_contact_is_read_as_people_and_spreadsheets_write_it(
    typed: str, found: tuple[str, str] | None
) -> None:
    assert contact_of(typed) == found


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
        accounted(reading)
        keys = [row.candidate.key for row in reading.rows]
        assert len(keys) == len(set(keys))
        seen.update(
            rows=len(reading.rows),
            problems=len(reading.problems),
            repeated=len(reading.repeated),
            doubts=len(reading.doubts),
        )

    read_any()
    assert min(seen[kind] for kind in ("rows", "problems", "repeated", "doubts")) > 0, (
        "all kinds were looked at"
    )


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
    reading = read_candidates(out.getvalue(), BOTH, {ALL_PERSONS: OTHER})
    assert reading.problems == ()
    assert reading.lines == len(people)
    assert [
        (row.candidate.first_name, row.candidate.last_name, row.candidate.profile) for row in reading.rows
    ] == [(first, last, (gender.name, age.name)) for first, last, gender, age in people]
