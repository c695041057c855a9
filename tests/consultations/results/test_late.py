"""Sheets that are found once the results are published: another version counts them, and no number gives anybody away."""

import io
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from cdv_civic.consultations.models import Consultation, ConsultationWords
from cdv_civic.consultations.paper.operations.correcting import void_sheets
from cdv_civic.consultations.paper.operations.entering import enter_sheet
from cdv_civic.consultations.paper.operations.late import MOST, with_late_sheets
from cdv_civic.consultations.paper.queries.sheets import answer_of_sheet, sheets_of
from cdv_civic.consultations.paper.tables import model_rows
from cdv_civic.consultations.results.operations import closing, coding
from cdv_civic.consultations.results.published import PublishedResults, from_json
from cdv_civic.consultations.results.queries.heads import content_of
from cdv_civic.consultations.rules.questions import Given
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.policy.model import CommandLine, Scope, ScopeKind
from tests.conftest import TODAY
from tests.consultations import factories as make
from tests.consultations.attack import attack
from tests.consultations.paper.sheets import Asked, make_asked, typed
from tests.factories import make_account
from tests.page_forms import PageForm
from tests.signing_in import open_browser

#: The first of the sheets that are found late, and how many they are.
FIRST, MANY = 5, 12


@pytest.fixture
def asked(app: Flask) -> Iterator[Asked]:
    """A consultation that ended, some of whose sheets nobody typed in; one of them was said to be lost."""
    made = make_asked(sheets=30)
    for option in made.options["single"]:
        make.make_answers(made.row, 10, choices={option: None})
    enter_sheet(made.staff, made.row.id, typed(made, 1))
    void_sheets(made.staff, made.row.id, [FIRST], "perdue")
    with clock.frozen_everywhere(TODAY + timedelta(days=20)):
        yield made


def published(asked: Asked) -> PublishedResults:
    db.session.rollback()
    newest = closing.newest_version(db.session(), asked.row.id)
    assert newest is not None
    return from_json(newest.content)


def found(asked: Asked, numbers: Sequence[int | str], answer: str = "B") -> bytes:
    """A table of sheets, filled in."""
    single = asked.questions["single"]
    head = model_rows(asked.row.slug, [], "Feuille")[0][0]
    columns = [f"q{each}" for each in asked.questions.values()]
    lines = [
        ";".join([str(number), *(answer if column == f"q{single}" else "" for column in columns)])
        for number in numbers
    ]
    return "\n".join([";".join([head, *columns]), "Feuille" + ";" * len(columns), *lines]).encode()


def send(
    client: FlaskClient, asked: Asked, table: bytes, note: str = "Une boîte est revenue."
) -> TestResponse:
    page = client.get(f"{asked.path.removesuffix('/papier')}/resultats/retrouvees")
    fields = PageForm(page.text, "csrf_token").filled({"note": note})
    return client.post(
        f"{asked.path.removesuffix('/papier')}/resultats/retrouvees",
        data={**fields, "file": (io.BytesIO(table), "feuilles.csv")},
        content_type="multipart/form-data",
    )


def test_they_count_in_another_version_with_a_sentence(client: FlaskClient, asked: Asked) -> None:
    open_browser(client, asked.staff)
    assert "/prolonger" in client.get(asked.path).text
    assert client.get(f"{asked.path.removesuffix('/papier')}/resultats/retrouvees").location.endswith(
        "/papier"
    ), "no results yet"
    closing.close_consultations()
    assert published(asked).total == 41
    assert "/retrouvees" in client.get(asked.path).text
    table = found(asked, range(FIRST, FIRST + MANY))
    assert send(client, asked, table).location.endswith("/resultats")
    results = published(asked)
    assert (results.total, results.version) == (41 + MANY, 2)
    kept = answer_of_sheet(asked.row.id, FIRST)
    assert kept is not None
    assert kept.answers == {asked.questions["single"]: Given(choices={asked.options["single"][1]: None})}
    sheets = sheets_of(asked.row.id)
    assert sheets.entered == {1, *range(FIRST, FIRST + MANY)}
    assert sheets.void == {}, "it is lost no longer"
    entry = db.session.execute(select(AuditEntry).where(AuditEntry.action == "consultation.enter")).scalars()
    assert [each.after for each in entry][-1] == {"found_late": list(range(FIRST, FIRST + MANY))}
    again = send(client, asked, table)
    assert (again.status_code, published(asked).version) == (422, 2)
    assert "déjà saisies" in again.text


def test_a_few_change_no_number(client: FlaskClient, asked: Asked) -> None:
    open_browser(client, asked.staff)
    closing.close_consultations()
    before = published(asked)
    assert (
        "moins de 10 feuilles"
        in client.get(f"{asked.path.removesuffix('/papier')}/resultats/retrouvees").text
    )
    assert send(client, asked, found(asked, range(10, 19))).status_code == 303
    after = published(asked)
    assert (after.version, after.change, after.total) == (2, "kept", before.total)
    assert after.questions == before.questions
    assert len(sheets_of(asked.row.id).entered) == 10


def test_what_is_wrong_is_said_and_nothing_is_published(client: FlaskClient, asked: Asked) -> None:
    open_browser(client, asked.staff)
    closing.close_consultations()
    for table, said in (
        (found(asked, [7, "", 31]), "Ligne 4"),
        (found(asked, [7, 31]), "31"),
        (found(asked, [7], "Z"), "Ligne 3"),
        (b"", "Choisissez le tableau"),
    ):
        page = send(client, asked, table)
        assert (page.status_code, said in page.text) == (422, True), said
        assert "Une boîte est revenue." in page.text
    assert send(client, asked, found(asked, [7]), note=" ").status_code == 422
    assert published(asked).version == 1
    assert sheets_of(asked.row.id).entered == {1}


def test_two_people_need_not_type_them(asked: Asked) -> None:
    with transaction() as session:
        session.get_one(Consultation, asked.row.id).entered_twice = True
    closing.close_consultations()
    late = with_late_sheets(CommandLine(), [typed(asked, number) for number in range(10, 22)])
    assert closing.correct_results(CommandLine(), asked.row.id, "Une boîte.", version=1, add=late) == 2
    assert published(asked).total == 53


def test_what_is_read_since_gives_no_few_writers_away(asked: Asked) -> None:
    long = asked.questions["long"]
    make.make_answers(asked.row, 40, words={long: "Des bancs"})
    closing.close_consultations()
    sheets = [typed(asked, number, words="De l’eau" if number < 13 else "") for number in range(10, 22)]
    closing.correct_results(
        CommandLine(), asked.row.id, "Une boîte.", version=1, add=with_late_sheets(CommandLine(), sheets)
    )
    option = coding.add_option(CommandLine(), asked.row.id, long, {"fr": "Des bancs"})
    texts = db.session.execute(select(ConsultationWords.id).where(ConsultationWords.question_id == long))
    coding.code_texts(CommandLine(), asked.row.id, list(texts.scalars())[:20], option)
    closing.correct_results(CommandLine(), asked.row.id, "Les textes sont lus.", version=2)
    contents = [content_of(asked.row.id, version) or {} for version in (1, 2, 3)]
    told = [
        question["cells"][0]["answers"]
        for content in contents
        for question in content["questions"]
        if question["question"] == long
    ]
    assert told == [40, None, None]
    assert attack(*contents) == [], "a total of 43 texts would say that 3 of the 12 wrote"


def test_they_are_not_too_many(asked: Asked) -> None:
    closing.close_consultations()
    late = with_late_sheets(CommandLine(), [typed(asked, 10)] * (MOST + 1))
    with pytest.raises(DomainError):
        closing.correct_results(CommandLine(), asked.row.id, "Une boîte.", version=1, add=late)


def test_who_types_sheets_alone_tells_the_organiser(client: FlaskClient, asked: Asked) -> None:
    closing.close_consultations()
    scope = Scope(ScopeKind.QUARTIER, asked.quartiers[0].id)
    open_browser(client, make_account(role="relais", scope=scope), way="password")
    page = client.get(asked.path).text
    assert "Prévenez la personne qui organise la consultation." in page
    assert "/retrouvees" not in page
    assert client.get(f"{asked.path.removesuffix('/papier')}/resultats/retrouvees").status_code == 403
