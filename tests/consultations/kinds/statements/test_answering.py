"""Sentences as somebody answers them without a script: three buttons a screen, back again, stopped in the middle."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.accounts.limits import limiter
from cdv_civic.consultations.models import Consultation, ConsultationQuestion
from cdv_civic.consultations.rules.questions import Given
from tests import factories
from tests.consultations import factories as make
from tests.consultations.answering.answers import Walker, kept_answers, kept_given, receipt_in

SENTENCES = ("Il faut plus de bancs.", "Les bus passent assez souvent.", "La nuit, c’est trop sombre.")


def make_statements(**values: Any) -> tuple[Consultation, list[ConsultationQuestion]]:
    row = make.make_consultation(factories.make_contract("val"), slug="phrases", **values)
    step = make.make_step(row, "statements", title="Votre rue")
    return row, [make.make_question(step, text, "statement") for text in SENTENCES]


@pytest.fixture
def asked(app: Flask) -> list[ConsultationQuestion]:
    limiter.reset()
    return make_statements()[1]


URL = "/fr/consultations/phrases/repondre"


def test_one_sentence_a_screen_with_three_buttons_that_go_on(
    client: FlaskClient, asked: list[ConsultationQuestion]
) -> None:
    walker = Walker(client, URL)
    assert SENTENCES[0] in walker.page.text
    assert "1 sur 3" in walker.page.text
    buttons = re.findall(rf'<button type="submit" name="q{asked[0].id}" value="(\d)"', walker.page.text)
    assert buttons == ["1", "2", "3"]
    assert "Continuer" not in walker.page.text
    for number, stance in zip(asked, ("1", "2", "3"), strict=True):
        walker.send({f"q{number.id}": stance})
    assert walker.screen == "fin"
    walker.send()
    assert receipt_in(walker.page)
    (row,) = kept_answers()
    assert kept_given(row.id) == {each.id: Given(number=n) for n, each in enumerate(asked, 1)}


def test_whoever_goes_back_sees_what_they_said_and_may_say_otherwise(
    client: FlaskClient, asked: list[ConsultationQuestion]
) -> None:
    walker = Walker(client, URL)
    walker.send({f"q{asked[0].id}": "3"})
    walker.send(go="retour")
    assert "votre réponse" in walker.page.text
    walker.send({f"q{asked[0].id}": ["3", "1"]})
    walker.send(go="finir")
    walker.send()
    (row,) = kept_answers()
    assert kept_given(row.id) == {asked[0].id: Given(number=1)}


def test_stopping_in_the_middle_keeps_what_was_said(
    client: FlaskClient, asked: list[ConsultationQuestion]
) -> None:
    walker = Walker(client, URL)
    walker.send({f"q{asked[0].id}": "1"})
    walker.send(go="finir")
    assert walker.screen == "fin"
    assert "D’accord" in walker.page.text
    walker.send()
    (row,) = kept_answers()
    assert kept_given(row.id) == {asked[0].id: Given(number=1)}


@pytest.mark.parametrize("typed", ["0", "4", "oui", "-1", "1e9", "١٢"])
def test_what_is_no_answer_is_named(
    client: FlaskClient, asked: list[ConsultationQuestion], typed: str
) -> None:
    walker = Walker(client, URL)
    walker.send({f"q{asked[0].id}": typed})
    assert walker.page.status_code == 422
    assert "n’est plus proposée" in walker.page.text


def test_several_sentences_stand_on_a_page_where_the_organiser_wants_so(
    app: Flask, client: FlaskClient
) -> None:
    limiter.reset()
    _row, questions = make_statements(one_question_a_screen=False)
    walker = Walker(client, URL)
    assert all(text in walker.page.text for text in SENTENCES)
    assert walker.page.text.count('type="radio"') == 9
    walker.send({f"q{questions[1].id}": "2"})
    walker.send()
    (row,) = kept_answers()
    assert kept_given(row.id) == {questions[1].id: Given(number=2)}
