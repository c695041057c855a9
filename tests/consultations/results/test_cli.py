"""`flask consultation`: what is listed, what is printed before and after the end, and for whom."""

import csv
import io
import json
from collections.abc import Iterator

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.results.operations import closing
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db
from tests.consultations import factories as make


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["consultation", *arguments])


@pytest.fixture
def consultation(app: Flask) -> Consultation:
    made = make.make_consultation(stage="closed", slug="vivre-ici-2027", title="Vivre ici")
    step = make.make_step(made)
    question, words = make.make_question(step, options=["A", "B", "C"]), make.make_question(step, kind="long")
    for option, many in zip(make.options_of(question), (40, 30, 2), strict=True):
        make.make_answers(made, many, choices={option: None}, words={words.id: "=Des bancs"})
    db.session.rollback()
    return made


def numbers_of(content: object) -> Iterator[object]:
    """What stands under the keys that hold numbers of answers or people."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key in ("count", "total", "answers", "people"):
                yield value
            yield from numbers_of(value)
    elif isinstance(content, list):
        for each in content:
            yield from numbers_of(each)


def test_the_list_has_one_a_line_its_name_first(app: Flask, consultation: Consultation) -> None:
    make.make_consultation(stage="draft", slug="une-idee")
    lines = run(app, "list").output.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["une-idee", "vivre-ici-2027"]
    assert lines[1].split("\t")[1:] == ["closed", "2026-11-16T10:00+01:00", "Vivre ici"]


def test_before_the_end_nothing_is_printed_and_the_status_is_two(
    app: Flask, consultation: Consultation
) -> None:
    for command in (("export",), ("export", "--format", "json"), ("results", "--json")):
        done = run(app, command[0], "vivre-ici-2027", *command[1:])
        assert done.exit_code == 2
        assert done.stdout == ""
    assert run(app, "export", "inconnue").exit_code == 1


def test_results_are_the_published_tables_and_hide_what_is_hidden(
    app: Flask, consultation: Consultation
) -> None:
    closing.close_consultations()
    done = run(app, "results", "vivre-ici-2027", "--json")
    assert done.exit_code == 0
    content = json.loads(done.stdout)
    assert content["answers"] == 72
    found = list(numbers_of(content))
    assert all(number is None or type(number) is int for number in found)
    assert 2 not in found
    assert [each["count"] for each in content["questions"][0]["results"]] == [40, None, None, 0]
    assert "non publié\tC" in run(app, "results", "vivre-ici-2027").stdout


def test_open_data_and_all_answers_are_printed_in_both_forms(app: Flask, consultation: Consultation) -> None:
    closing.close_consultations()
    rows = list(csv.DictReader(io.StringIO(run(app, "export", "vivre-ici-2027").stdout)))
    assert {row["count"] for row in rows if row["label"] == "C"} == {""}
    assert json.loads(run(app, "export", "vivre-ici-2027", "--format", "json").stdout)["answers"] == 72
    full = run(app, "export", "vivre-ici-2027", "--full").stdout
    assert len(full.splitlines()) == 73
    assert "'=Des bancs" in full, "no formula"
    assert len(json.loads(run(app, "export", "vivre-ici-2027", "--full", "--format", "json").stdout)) == 72
    db.session.rollback()
    acts = list(db.session.execute(select(AuditEntry.action)).scalars())
    assert acts.count("consultation.export") == 2


def test_options_with_the_same_words_have_columns_of_their_own(app: Flask) -> None:
    row = make.make_consultation(slug="quatre-bancs")
    question = make.make_question(
        make.make_step(row), "Où ?", "multiple", options=["Banc", "Banc", "Banc (2)", "Banc"]
    )
    make.make_answer(row, choices={make.options_of(question)[2]: None})
    (answer,) = json.loads(run(app, "export", "quatre-bancs", "--full", "--format", "json").stdout)
    assert [answer[name] for name in answer if "Banc" in name] == ["", "", 1, ""]
