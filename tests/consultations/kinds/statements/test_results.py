"""What is published of sentences: closed, counted, read on the page, taken away; never a small count."""

import csv
import io
import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.consultations.models import Consultation, ConsultationQuestion
from cdv_civic.consultations.results.operations.closing import ACTOR, publish_results
from cdv_civic.consultations.results.queries.heads import content_of
from cdv_civic.core.db import db
from cdv_civic.territory.models import Quartier
from tests import factories
from tests.conftest import counting
from tests.consultations import factories as make

AGREE, PASS, DISAGREE = 1, 2, 3


class Asked:
    """A consultation of three sentences in two quartiers, closed."""

    def __init__(self, **values: Any) -> None:
        contract = factories.make_contract("val")
        commune = factories.make_commune(contract)
        self.quartiers: Sequence[Quartier] = [
            factories.make_quartier(contract, f"Quartier {name}", [commune]) for name in ("Est", "Ouest")
        ]
        self.row: Consultation = make.make_consultation(
            contract, slug="phrases", quartiers=self.quartiers, stage="closed", **values
        )
        step = make.make_step(self.row, "statements", title="Votre rue")
        self.bench, self.bus, self.night = (
            make.make_question(step, text, "statement")
            for text in ("Il faut plus de bancs.", "Les bus passent assez.", "La nuit est trop sombre.")
        )

    def said(
        self, count: int, stances: Mapping[ConsultationQuestion, int], place: int | None = None, **values: Any
    ) -> None:
        make.make_answers(
            self.row,
            count,
            numbers={question.id: stance for question, stance in stances.items()},
            quartier_id=None if place is None else self.quartiers[place].id,
            **values,
        )


@pytest.fixture
def asked(app: Flask) -> Asked:
    found = Asked()
    for place in (0, 1):
        # Benches gather; buses divide the quartiers; of the night too few disagree to be told.
        bus = (AGREE, DISAGREE) if place == 0 else (DISAGREE, AGREE)
        found.said(20, {found.bench: AGREE, found.bus: bus[0], found.night: AGREE}, place)
        found.said(6, {found.bench: DISAGREE, found.bus: bus[1], found.night: AGREE}, place)
        found.said(6, {found.bench: PASS, found.bus: PASS}, place)
    found.said(1, {found.night: DISAGREE}, 0)
    publish_results(ACTOR, found.row.id)
    db.session.rollback()
    return found


def test_what_gathers_and_what_divides(client: FlaskClient, asked: Asked) -> None:
    page = client.get("/fr/consultations/phrases/resultats").text
    gathers, splits = page.index("Ce qui rassemble</h2>"), page.index("Ce qui partage</h2>")
    assert gathers < page.index("Il faut plus de bancs.") < splits < page.index("Les bus passent assez.")
    assert "76 sur 100 sont d’accord" in page
    assert "Quartier Ouest" in page
    untold = page.index("Phrases dont les nombres ne sont pas publiés")
    assert untold < page.index("La nuit est trop sombre.")


def test_only_public_counts_are_kept(asked: Asked) -> None:
    content = content_of(asked.row.id, 1)
    assert content is not None
    (beside,) = content["beside"].values()
    assert set(beside["sentences"]) == {str(asked.bench.id), str(asked.bus.id)}
    told = beside["sentences"][str(asked.bench.id)]["quartiers"]["told"]
    assert list(told.values()) == [[20, 6, 7], [20, 6, 6]]
    assert beside["sentences"][str(asked.bench.id)]["channels"] == {"told": {}, "others": None}


def test_open_data_says_the_same(client: FlaskClient, asked: Asked) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/fr/consultations/phrases/donnees.csv").text)))
    parts = [row for row in rows if row["table"] == "part"]
    assert {row["question"] for row in parts} == {str(asked.bench.id), str(asked.bus.id)}
    first = next(row for row in parts if "Quartier Est · D’accord" in row["label"])
    assert (first["key"], first["count"], first["total"]) == ("1", "20", "33")
    asks = [
        row["label"] for row in rows if row["table"] == "question" and row["question"] == str(asked.bench.id)
    ]
    assert asks == ["D’accord", "Pas d’accord", "Ont passé, ou pas de réponse"]
    whole = json.loads(client.get("/fr/consultations/phrases/donnees.json").text)
    assert len(whole["parts"]) == len(parts)


def test_a_group_says_what_it_thinks_apart(client: FlaskClient, app: Flask) -> None:
    asked = Asked()
    asked.said(20, {asked.bench: AGREE})
    asked.said(1, {asked.bench: DISAGREE}, speaker="group", people=24, channel="groupe")
    publish_results(ACTOR, asked.row.id)
    page = client.get("/fr/consultations/phrases/resultats").text
    group = page[page.index("Un groupe de 24 personnes") :]
    assert "Pas d’accord" in group


@pytest.mark.usefixtures("asked")
def test_a_page_of_results_costs_few_statements(app: Flask, client: FlaskClient) -> None:
    with counting(app) as few:
        client.get("/fr/consultations/phrases/resultats")
    assert len(few) <= 12


def test_nothing_is_told_of_a_handful(client: FlaskClient, app: Flask) -> None:
    asked = Asked()
    asked.said(4, {asked.bench: AGREE})
    publish_results(ACTOR, asked.row.id)
    page = client.get("/fr/consultations/phrases/resultats").text
    assert "Trop peu de réponses pour publier des nombres" in page
    assert "Aucune phrase ne rassemble assez de monde" in page


def test_groups_of_opinions_hold_sizes_and_sentences_and_nobody(client: FlaskClient, app: Flask) -> None:
    """Nothing that is kept says who is in which group: not in the publication, and in no other table."""
    row = make.make_consultation(factories.make_contract("val"), slug="phrases", stage="closed")
    step = make.make_step(row, "statements", opinion_groups=True)
    asks = [make.make_question(step, f"Phrase {letter}.", "statement") for letter in "ABCDEFGHIJ"]
    draw = random.Random(4)
    for person in range(75):
        side = AGREE if person < 45 else DISAGREE
        said = {each.id: side if draw.random() < 0.9 else 4 - side for each in asks}
        make.make_answers(row, 1, numbers=said)
    publish_results(ACTOR, row.id)
    content = content_of(row.id, 1)
    assert content is not None
    (beside,) = content["beside"].values()
    assert [group["about"] for group in beside["opinions"]["groups"]] == [45, 30]
    assert set(beside["opinions"]["groups"][0]) == {"about", "typical"}
    page = client.get("/fr/consultations/phrases/resultats").text
    assert "environ 45 personnes" in page
    assert "Nous ne gardons pas qui est dans quel groupe" in page


def test_without_the_organisers_wish_no_group_is_looked_for(asked: Asked) -> None:
    content = content_of(asked.row.id, 1)
    assert content is not None
    (beside,) = content["beside"].values()
    assert "opinions" not in beside
