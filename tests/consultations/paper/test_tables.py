"""Sheets as a table: the model, files of many programs, what is refused, and nothing that counts twice."""

import csv
import io
import zipfile
from collections.abc import Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from cdv_civic.consultations.models import ConsultationAnswer
from cdv_civic.consultations.paper.operations.correcting import void_sheets
from cdv_civic.consultations.paper.operations.entering import enter_sheet
from cdv_civic.consultations.paper.queries.sheets import answer_of_sheet, sheets_of
from cdv_civic.consultations.paper.rules.numbers import Spans, sheet_code
from cdv_civic.consultations.paper.tables import MOST_COLUMNS, Expected, model_rows, read_sheets
from cdv_civic.consultations.paper.wording import problems_said
from cdv_civic.consultations.queries.definition import ShownOption, ShownQuestion
from cdv_civic.consultations.rules.questions import QuestionKind, QuestionRule
from cdv_civic.core.db import db
from cdv_civic.core.localized import Words
from cdv_civic.core.spreadsheets.reading import read_spreadsheet
from cdv_civic.core.spreadsheets.writing import letters, written
from cdv_civic.notices.letters import written_in
from tests.consultations.paper.sheets import Asked, make_asked, typed
from tests.draws.spreadsheets import packed, parts_of
from tests.page_forms import PageForm
from tests.signing_in import open_browser

pytestmark = pytest.mark.one_database


def shown(number: int, kind: QuestionKind, options: Sequence[int] = (), **values: object) -> ShownQuestion:
    rule = QuestionRule(number, kind, tuple(options), **values)  # type: ignore[arg-type]
    words = Words(f"Question {number}", "fr", translated=True)
    offered = tuple(
        ShownOption(each, Words(f"Réponse {each}", "fr", translated=True), each) for each in options
    )
    return ShownQuestion(rule, 1, number, words, None, None, offered)


QUESTIONS = [
    shown(1, QuestionKind.SINGLE, (11, 12)),
    shown(2, QuestionKind.POINTS, (21, 22), most=10),
    shown(3, QuestionKind.LONG),
    shown(4, QuestionKind.NUMBER, highest=20),
]
HERE = Expected(5, "vivre", QUESTIONS, Spans([(1, 50)]), {9})
HEAD = "consultation:vivre;q1;q2;q3;q4\n"


def kinds(text: str, expected: Expected = HERE) -> list[tuple[int, str, str]]:
    return [(each.line, each.kind.value, each.column) for each in read_sheets(text, expected).problems]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_table_is_read_whatever_separates_its_cells(separator: str) -> None:
    text = HEAD + 'Feuille;Un;Deux;Trois;Quatre\n1;B;7 3;"Un banc; et\nde l’ombre";12\n2;;;Rien;\n3;;;;\n\n'
    if separator != ";":
        text = HEAD + "Feuille;Un;Deux;Trois;Quatre\n1;B;7 3;Un banc;12\n2;;;Rien;\n3;;;;\n"
        text = text.replace(";", separator)
    reading = read_sheets(text, HERE)
    assert reading.problems == ()
    assert [row.number for row in reading.rows] == [1, 2]
    assert reading.blank == 1
    assert reading.rows[0].answers[1].choices == {12: None}
    assert reading.rows[0].answers[2].choices == {21: 7, 22: 3}
    assert reading.rows[0].answers[4].number == 12


def test_columns_may_stand_in_another_order_and_numbers_as_spreadsheets_write_them() -> None:
    reading = read_sheets("consultation:vivre;q4;q3;q2;q1\nFeuille;;;;x\n7.0;12.0;;10;A\n", HERE)
    assert reading.problems == ()
    assert reading.rows[0].number == 7
    assert reading.rows[0].answers[4].number == 12


def test_words_that_look_like_a_number_stay_as_they_were_written() -> None:
    reading = read_sheets(HEAD + "Feuille;Un;Deux;Trois;Quatre\n1;A;;2.0;3.0\n", HERE)
    assert (reading.rows[0].answers[3].words, reading.rows[0].answers[4].number) == ("2.0", 3)


def test_each_thing_that_is_wrong_has_its_line_and_its_column() -> None:
    text = (
        HEAD
        + "Feuille;Un;Deux;Trois;Quatre\n"
        + "1;Z;9;ok;douze\n"
        + "51;A;;;\n"
        + "9;A;;;\n"
        + "2;A;;;\n"
        + "2;B;;;\n"
        + "trois;A;;;\n"
        + '4;A;;=HYPERLINK("http://exemple.fr");\n'
        + f"{sheet_code(6)} 0005;A;;;\n"
        + f"{sheet_code(5)} 0005;A;;;\n"
    )
    assert kinds(text) == [
        (3, "answer", "B"),
        (3, "answer", "C"),
        (3, "answer", "E"),
        (4, "not_printed", "A"),
        (5, "void", "A"),
        (7, "twice", "A"),
        (8, "bad_number", "A"),
        (9, "formula", "D"),
        (10, "other_sheet", "A"),
    ]
    assert [row.number for row in read_sheets(text, HERE).rows] == [2, 5]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("Feuille;Un\n1;A\n", "no_name"),
        ("consultation:autre;q1;q2;q3;q4\n1;A;;;\n", "other"),
        ("consultation:vivre;q1;q2;q3\n1;A;;\n", "missing_column"),
        ("consultation:vivre;q1;q2;q3;q4;q9\n1;A;;;;\n", "unknown_column"),
        ("consultation:vivre;q1;q1;q2;q3;q4\n1;A;;;;\n", "unknown_column"),
        (HEAD + "".join(f"{number};A;;;\n" for number in range(1, 5_003)), "many"),
    ],
)
def test_a_table_that_is_not_this_one_is_refused_whole(text: str, kind: str) -> None:
    reading = read_sheets(text, HERE)
    assert reading.unusable
    assert reading.rows == ()
    assert kind in [each.kind.value for each in reading.problems]


@pytest.mark.parametrize(
    "text", ["consultation:vivre;" + "x;" * 200_000, HEAD + ("=;" * 50_000 + "\n") * 4], ids=["head", "cells"]
)
def test_a_table_of_nothing_but_columns_is_not_named_column_by_column(app: Flask, text: str) -> None:
    problems = read_sheets(text, HERE).problems
    assert 0 < len(problems) <= 4 * MOST_COLUMNS
    with written_in("fr"):
        said, more = problems_said(problems)
    assert (len(said), len(said) + more) == (60, len(problems))


def test_two_entries_need_numbers() -> None:
    expected = Expected(5, "vivre", QUESTIONS, Spans([(1, 50)]), (), numbered=True)
    assert kinds(HEAD + ";A;;;\n", expected) == [(2, "no_number", "A")]


def test_rows_without_a_number_have_a_key_of_their_own_that_stays() -> None:
    text = HEAD + ";A;;;\n;A;;;\n"
    keys = [row.client_key for row in read_sheets(text, HERE).rows]
    assert len(set(keys)) == 2
    assert keys == [row.client_key for row in read_sheets(text, HERE).rows]


cell = st.text(alphabet=st.characters(codec="utf-8", exclude_characters='"'), max_size=12) | st.sampled_from(
    ["A", "B", "7 3", "=1+1", "12", "42", "é", '"', "9999999999"]
)


@given(st.lists(st.lists(cell, max_size=7), max_size=8), st.booleans(), st.sampled_from(";,\t"))
def test_whatever_a_table_holds_is_read_or_named(
    rows: list[list[str]],
    named: bool,
    separator: str,
) -> None:
    body = "\n".join(separator.join(row) for row in rows)
    reading = read_sheets((HEAD.replace(";", separator) if named else "") + body, HERE)
    numbers = [row.number for row in reading.rows if row.number is not None]
    assert len(numbers) == len(set(numbers))
    assert all(number in HERE.printed and number != 9 for number in numbers)
    assert not (reading.unusable and reading.rows)


@given(
    st.lists(
        st.lists(
            st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc")), max_size=20),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=6,
    )
)
def test_what_is_written_as_a_spreadsheet_is_read_again(rows: list[list[str]]) -> None:
    plain = [[" ".join(each.split()) for each in row] for row in rows]
    again = read_spreadsheet(written("Feuilles", [["x", "y", "z"], *plain]))
    lines = [line.split("\t") for line in again.split("\n")]
    assert lines[0] == ["x", "y", "z"]
    kept = [row for row in plain if any(row)]
    assert [line for line in lines[1:] if any(line)] == kept


def test_columns_are_named_as_spreadsheets_do() -> None:
    assert [letters(number) for number in (1, 26, 27, 52, 53, 702, 703)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


def test_a_model_says_what_each_letter_means() -> None:
    rows = model_rows("vivre", QUESTIONS, "Feuille", [3, 4])
    assert rows[0] == ["consultation:vivre", "q1", "q2", "q3", "q4"]
    assert rows[1][1] == "1. Question 1 (A Réponse 11 · B Réponse 12)"
    assert [row[0] for row in rows[2:]] == ["3", "4"]


# --- Files -----------------------------------------------------------------------------------------


@pytest.fixture
def asked(app: Flask) -> Asked:
    return make_asked()


@pytest.fixture
def desk(app: Flask, asked: Asked) -> FlaskClient:
    client = app.test_client()
    open_browser(client, asked.staff)
    return client


def table_of(asked: Asked, *rows: dict[str, str]) -> list[list[str]]:
    order = list(asked.questions)
    return [
        [f"consultation:{asked.row.slug}", *(f"q{asked.questions[kind]}" for kind in order)],
        ["Feuille", *order],
        *([row.get("sheet", ""), *(row.get(kind, "") for kind in order)] for row in rows),
    ]


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    made = io.StringIO()
    csv.writer(made, delimiter=";").writerows(rows)
    return made.getvalue().encode()


def sent(
    client: FlaskClient, asked: Asked, data: bytes, name: str = "feuilles.csv", **fields: str
) -> TestResponse:
    address = f"{asked.path}/tableau"
    form = PageForm(client.get(address).text, "csrf_token").filled(fields)
    return client.post(address, data={**form, "file": (io.BytesIO(data), name)}, follow_redirects=True)


def answers(asked: Asked) -> int:
    db.session.rollback()
    statement = select(func.count()).where(ConsultationAnswer.consultation_id == asked.row.id)
    return int(db.session.execute(statement).scalar_one())


def test_a_filled_in_model_comes_back(asked: Asked, desk: FlaskClient) -> None:
    enter_sheet(asked.staff, asked.row.id, typed(asked, 2))
    for name in ("modele.csv", "modele.xlsx"):
        data = desk.get(f"{asked.path}/{name}").data
        text = read_spreadsheet(data) if name.endswith("xlsx") else data.decode("utf-8-sig")
        assert f"consultation:{asked.row.slug}" in text
        assert "Comment venez-vous ? (A À pied · B À vélo · C En bus · D En voiture)" in text
        lines = text.strip().splitlines()
        assert [line.replace("\t", ";").split(";")[0].strip('"') for line in lines[2:5]] == ["1", "3", "4"]
    said = sent(
        desk, asked, written("Feuilles", table_of(asked, {"sheet": "1", "single": "C"}), hidden=1), "f.xlsx"
    )
    assert "1 feuille gardée." in said.text
    found = answer_of_sheet(asked.row.id, 1)
    assert found is not None
    assert list(found.answers[asked.questions["single"]].choices) == [asked.options["single"][2]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_accents_come_in_whatever_program_wrote_them(asked: Asked, desk: FlaskClient, encoding: str) -> None:
    data = as_csv(table_of(asked, {"sheet": "1", "long": "Où sont les arbres à l’école ?"})).decode()
    assert "1 feuille gardée." in sent(desk, asked, data.encode(encoding)).text
    found = answer_of_sheet(asked.row.id, 1)
    assert found is not None
    assert found.answers[asked.questions["long"]].words == "Où sont les arbres à l’école ?"


def test_the_same_table_twice_adds_nothing_twice(asked: Asked, desk: FlaskClient) -> None:
    data = as_csv(
        table_of(
            asked,
            {"sheet": "1", "single": "A"},
            {"sheet": "4", "points": "5 5"},
            {"single": "B"},
            {"single": "B"},
        )
    )
    assert "4 feuilles gardées." in sent(desk, asked, data).text
    again = sent(desk, asked, data).text
    assert "0 feuille gardée." in again
    assert "4 étaient déjà là." in again
    assert answers(asked) == 4
    assert sheets_of(asked.row.id).entered == {1, 4}


def test_nothing_is_kept_by_halves_unless_it_is_asked(asked: Asked, desk: FlaskClient) -> None:
    void_sheets(asked.staff, asked.row.id, [3], "perdue")
    data = as_csv(
        table_of(
            asked, {"sheet": "1", "single": "A"}, {"sheet": "3", "single": "A"}, {"sheet": "2", "number": "x"}
        )
    )
    refused = sent(desk, asked, data)
    assert refused.status_code == 422
    assert "2 lignes à corriger" in refused.text
    assert "Ligne 4, colonne A" in refused.text
    assert "Ligne 5, colonne D" in refused.text
    assert answers(asked) == 0
    kept = sent(desk, asked, data, wrong="justes")
    assert "1 feuille gardée." in kept.text
    assert "Les lignes justes sont gardées." in kept.text
    assert answers(asked) == 1


def test_lines_without_a_number_do_not_come_twice_with_the_table_that_is_corrected(
    asked: Asked, desk: FlaskClient
) -> None:
    wrong = table_of(asked, {"single": "B"}, {"sheet": "2", "single": "Z"})
    refused = sent(desk, asked, as_csv(wrong), wrong="justes")
    assert refused.status_code == 422
    assert "n’ont pas de numéro de feuille" in refused.text
    right = table_of(asked, {"single": "B"}, {"sheet": "2", "single": "A"})
    assert "2 feuilles gardées." in sent(desk, asked, as_csv(right), wrong="justes").text
    assert answers(asked) == 2


def test_a_table_of_another_consultation_is_refused_with_its_name(asked: Asked, desk: FlaskClient) -> None:
    other = make_asked()
    refused = sent(desk, asked, as_csv(table_of(other, {"sheet": "1", "single": "A"})), wrong="justes")
    assert refused.status_code == 422
    assert other.row.slug in refused.text
    assert answers(asked) == answers(other) == 0


def test_formulas_are_never_worked_out(asked: Asked, desk: FlaskClient) -> None:
    rows = table_of(asked, {"sheet": "1", "single": "A"})
    parts = parts_of(rows, shared=False)
    sheet = parts["xl/worksheets/sheet2.xml"]
    spoiled = sheet.replace("<is><t>A</t></is>", "<f>CHAR(65)</f><v>A</v>").replace(
        't="inlineStr"><f>', 't="str"><f>'
    )
    assert spoiled != sheet
    said = sent(desk, asked, packed({**parts, "xl/worksheets/sheet2.xml": spoiled}), "f.xlsx")
    assert said.status_code == 422
    assert "cette case contient une formule" in said.text
    assert answers(asked) == 0


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts_of([["x"]]).items():
            archive.writestr(name, part)
        archive.writestr("xl/sharedStrings.xml", b"<sst>" + b" " * 60_000_000 + b"</sst>")
    return made.getvalue()


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>"
)


@pytest.mark.parametrize(
    "data",
    [
        bomb(),
        packed({**parts_of([["x"]]), "xl/worksheets/sheet2.xml": ENTITIES}),
        packed({"photo.jpg": b"x"}),
        b"PK\x03\x04 renamed",
        b"\xd0\xcf\x11\xe0 old or locked",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"",
        b"x" * (5 * 1024 * 1024 + 1),
    ],
    ids=["bomb", "entities", "zip", "no zip", "old", "picture", "nothing", "heavy"],
)
def test_what_is_no_table_is_refused_kindly(asked: Asked, desk: FlaskClient, data: bytes) -> None:
    said = sent(desk, asked, data, "feuilles.xlsx")
    assert said.status_code == 422
    assert 'id="file-error"' in said.text
    assert answers(asked) == 0


def test_where_two_people_type_a_table_is_the_first_or_the_second(app: Flask) -> None:
    asked = make_asked(entered_twice=True)
    client = app.test_client()
    open_browser(client, asked.staff)
    data = as_csv(table_of(asked, {"sheet": "1", "single": "A"}, {"sheet": "2", "single": "A"}))
    assert "2 attendent une deuxième saisie." in sent(client, asked, data).text
    assert answers(asked) == 0


def test_thousands_of_rows_are_kept_in_parts(asked: Asked, desk: FlaskClient) -> None:
    rows = [{"single": "A", "number": str(number % 100)} for number in range(450)]
    assert "450 feuilles gardées." in sent(desk, asked, as_csv(table_of(asked, *rows))).text
    assert answers(asked) == 450
