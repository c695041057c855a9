"""The public page of results, the desk, and the files."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.models import Consultation, ConsultationCross
from cdv_civic.consultations.results.operations import closing
from cdv_civic.consultations.results.queries.heads import WaveBefore
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.territory.models import Contract
from tests import factories
from tests.conftest import TODAY, counting
from tests.consultations import factories as make
from tests.signing_in import open_browser, send


@pytest.fixture
def contract(app: Flask) -> Contract:
    return factories.make_contract("val")


@pytest.fixture
def staff(contract: Contract) -> SignedIn:
    return factories.make_account(contract=contract)


@pytest.fixture
def desk(app: Flask, staff: SignedIn) -> FlaskClient:
    client = app.test_client()
    open_browser(client, staff)
    return client


def everything(contract: Contract, stage: str = "closed", **values: Any) -> Consultation:
    """A consultation with a question of each sort, and answers to all."""
    consultation = make.make_consultation(contract, stage=stage, slug="les-priorites", **values)
    step = make.make_step(consultation)
    single = make.make_question(step, "Venez-vous ici ?", options=["Oui", "Non", "Parfois"])
    several = make.make_question(step, "Que faites-vous ?", "multiple", options=["Jouer", "Lire", "Courir"])
    make.make_question(
        step, "Pourquoi pas ?", options=["Loin", "Cher"], asked_after=make.options_of(single)[1]
    )
    age = make.make_question(step, "Votre âge ?", "number", classes=[0, 18, 60])
    priorities = make.make_step(consultation, "priorities")
    rank = make.make_question(priorities, "En ordre", "rank", options=["Ombre", "Bancs", "Jeux"])
    missing = make.make_question(priorities, "Il manque…", "long")
    one, play, first = make.options_of(single), make.options_of(several), make.options_of(rank)
    for at, how_many in enumerate((60, 40, 3)):
        make.make_answers(
            consultation,
            how_many,
            choices={one[at]: None, play[at]: None, play[0]: None, first[at]: 1, first[(at + 1) % 3]: 2},
            numbers={age.id: 20 * at + 10},
            words={missing.id: f"Des arbres {at}"},
            channel=("en_ligne", "papier", "rue")[at],
        )
    make.make_answers(consultation, 1, choices={one[0]: None}, speaker="group", people=24, channel="groupe")
    db.session.rollback()
    return consultation


PUBLIC = "/fr/consultations/les-priorites"
DESK = "/fr/bureau/consultations/les-priorites/resultats"


def test_while_it_is_open_nobody_sees_more_than_a_rounded_count(
    client: FlaskClient, contract: Contract
) -> None:
    everything(contract, "open")
    closing.count_answers()
    page = client.get(f"{PUBLIC}/resultats")
    assert page.status_code == 200
    assert "au moins 100 réponses" in page.text
    assert "103" not in page.text
    for file in ("donnees.csv", "donnees.json", "donnees.schema.json", "lignes.csv"):
        assert client.get(f"{PUBLIC}/{file}").status_code == 404, file
    assert "Venez-vous ici" not in page.text


@pytest.mark.parametrize("stage", ["draft"])
def test_a_draft_has_no_public_results(client: FlaskClient, contract: Contract, stage: str) -> None:
    everything(contract, stage)
    assert client.get(f"{PUBLIC}/resultats").status_code == 404


def test_what_is_published_is_shown_and_what_is_hidden_is_not_told(
    client: FlaskClient, contract: Contract
) -> None:
    everything(contract)
    closing.close_consultations()
    page = client.get(f"{PUBLIC}/resultats").text
    assert re.search(r"<strong class=\"figure-number\">103</strong>", page)
    question = page.partition("Venez-vous ici")[2].partition("</table>")[0]
    assert "<strong>60</strong>" in question
    assert question.count("non publié") == 2, "the small count, and the one that would give it away"
    assert "moins de" not in page
    assert "Des arbres" not in page, "words are not published"
    assert "une même personne pouvait répondre deux fois" in page
    assert "Un groupe de 24 personnes" in page
    ways = page.partition('class="result-channels"')[2].partition("</dl>")[0]
    numbers = re.findall(r">\s*([0-9]+)", ways)
    assert len(numbers) == len(set(numbers)) > 1, "a number of one way is said once"


def test_all_languages_show_the_same(client: FlaskClient, contract: Contract) -> None:
    everything(contract)
    closing.close_consultations()
    for language in ("en", "ar"):
        assert client.get(PUBLIC.replace("fr", language, 1) + "/resultats").status_code == 200


def test_open_data_are_the_published_tables(client: FlaskClient, contract: Contract) -> None:
    everything(contract)
    closing.close_consultations()
    rows = list(csv.DictReader(io.StringIO(client.get(f"{PUBLIC}/donnees.csv").text)))
    schema = client.get(f"{PUBLIC}/donnees.schema.json").get_json()
    assert [field["name"] for field in schema["fields"]] == list(rows[0])
    single = [row for row in rows if (row["table"], row["question_text"]) == ("question", "Venez-vous ici ?")]
    assert {row["label"]: row["count"] for row in single} == {
        "Oui": "60",
        "Non": "",
        "Parfois": "",
        "Sans réponse": "0",
    }
    whole = client.get(f"{PUBLIC}/donnees.json").get_json()
    assert whole["answers"] == 103
    assert whole["rows"] is None
    assert client.get(f"{PUBLIC}/lignes.csv").status_code == 404


def test_rows_are_published_where_the_organiser_chooses(client: FlaskClient, contract: Contract) -> None:
    consultation = make.make_consultation(contract, stage="closed", slug="les-priorites", open_rows=True)
    question = make.make_question(make.make_step(consultation), options=["A", "B"])
    for option in make.options_of(question):
        make.make_answers(consultation, 20, choices={option: None})
    closing.close_consultations()
    rows = list(csv.reader(io.StringIO(client.get(f"{PUBLIC}/lignes.csv").text)))
    assert len(rows) == 41
    assert {row[0] for row in rows[1:]} == {"A", "B"}


def test_a_wave_without_a_name_is_called_by_the_year_that_it_opened_in_here(app: Flask) -> None:
    opened = datetime(2023, 12, 31, 23, tzinfo=UTC)
    assert WaveBefore(1, "les-priorites", None, opened, {}).name == "2024"


def test_a_wave_stands_beside_the_one_before(client: FlaskClient, contract: Contract) -> None:
    first = make.make_consultation(contract, stage="closed", slug="vague-un", wave="2023")
    second = make.make_consultation(
        contract, stage="closed", slug="les-priorites", wave="2027", wave_of_id=first.id
    )
    for consultation, words, counts in (
        (first, ["Ombre", "Bancs"], (30, 20)),
        (second, ["bancs", "Jeux", "Ombre"], (25, 35, 15)),
    ):
        ballot = make.make_question(
            make.make_step(consultation, "priorities"), "Vos priorités", "pick", options=words
        )
        for option, count in zip(make.options_of(ballot), counts, strict=True):
            make.make_answers(consultation, count, choices={option: None})
    closing.close_consultations()
    page = client.get(f"{PUBLIC}/resultats").text
    table = page.partition("<tbody")[2].partition("</tbody>")[0]
    lines = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", line)) for line in table.split("<tr ")[1:]]
    assert ["Jeux" in line for line in lines] == [True, False, False], "the most chosen first"
    assert "pas demandé" in lines[0]
    assert "25" in lines[1]
    assert "20" in lines[1], "« bancs » is « Bancs »"


def test_versions_stay_readable_with_what_was_corrected(
    client: FlaskClient, contract: Contract, staff: SignedIn
) -> None:
    consultation = everything(contract)
    closing.close_consultations()
    with clock.frozen_everywhere(TODAY + timedelta(days=3)):
        closing.correct_results(staff, consultation.id, "Une feuille de trop.", version=1)
    page = client.get(f"{PUBLIC}/resultats").text
    assert "Une feuille de trop." in page
    old = client.get(f"{PUBLIC}/resultats?version=1").text
    assert "Cette version a été corrigée" in old
    assert client.get(f"{PUBLIC}/resultats?version=7").status_code == 404


def test_the_desk_counts_by_channel_and_publishes_once_it_has_ended(
    desk: FlaskClient, contract: Contract
) -> None:
    everything(contract)
    page = desk.get(DESK)
    assert page.status_code == 200
    assert "<strong>103</strong>" in page.text or "103" in page.text
    assert "Publier les résultats" in page.text
    assert send(desk, f"{DESK}/publier", DESK).status_code == 303
    after = desk.get(DESK).text
    assert "Les résultats sont publiés." in after
    assert "Compté" in after


def test_whoever_reads_no_words_sees_no_exact_table(app: Flask, contract: Contract) -> None:
    everything(contract)
    closing.close_consultations()
    client = app.test_client()
    open_browser(client, factories.make_account(contract=contract, role="state"))
    page = client.get(DESK).text
    assert "Compté" not in page
    assert "Emporter toutes les réponses" not in page
    assert client.get(f"{DESK}/textes/1").status_code in (403, 404)


def test_two_questions_are_crossed_before_the_end_only(desk: FlaskClient, contract: Contract) -> None:
    consultation = make.make_consultation(contract, stage="paper", slug="les-priorites")
    step = make.make_step(consultation)
    one, two = (make.make_question(step, options=["A", "B"]) for _each in range(2))
    for first in make.options_of(one):
        for second in make.options_of(two):
            make.make_answers(consultation, 15, choices={first: None, second: None})
    counting_page = "/fr/bureau/consultations/les-priorites/comptage"
    assert counting_page in desk.get(DESK).text

    def crossed(*pairs: tuple[int, int]) -> int:
        version = re.search(r'name="version"[^>]*value="(\d+)"', desk.get(counting_page).text)
        assert version
        named = {
            f"{name}_{number}": str(question)
            for number, pair in enumerate(pairs, 1)
            for name, question in zip(("row", "column"), pair, strict=True)
        }
        return send(desk, counting_page, version=version[1], **named).status_code

    assert crossed((one.id, one.id)) == 422
    assert crossed((one.id, two.id), (two.id, one.id)) == 422
    assert crossed((one.id, two.id)) in (302, 303)
    with clock.frozen_everywhere(TODAY + timedelta(days=3)):
        closing.close_consultations()
        page = desk.get(f"{PUBLIC}/resultats").text
        assert "Deux questions ensemble" in page
        assert page.partition("croisement-1")[2].count("15") >= 4
        assert desk.get(counting_page).status_code in (302, 303), "the tables are made"


def test_texts_are_read_searched_and_coded(desk: FlaskClient, contract: Contract) -> None:
    consultation = make.make_consultation(contract, stage="open", slug="les-priorites", wave="2027")
    step = make.make_step(consultation, "priorities")
    make.make_question(step, "Vos priorités", "pick", options=["Ombre", "Bancs"])
    missing = make.make_question(step, "Il manque…", "long")
    make.make_answers(consultation, 60, words={missing.id: "Une fontaine d’eau"})
    make.make_answers(consultation, 3, words={missing.id: "Rien <b>du tout</b>"})
    texts = f"{DESK}/textes/{missing.id}"
    first = desk.get(texts).text
    assert first.count("Une fontaine") >= 50
    assert 'rel="next"' in first
    assert '<select id="option" name="option" required>' in first, (
        "no ticked line is lost by pressing too early"
    )
    assert send(desk, f"{texts}/classer", texts, texte="1").status_code == 303
    assert "Choisissez d’abord dans quoi classer" in desk.get(texts).text
    found = desk.get(f"{texts}?q=RIEN").text
    assert "&lt;b&gt;du tout" in found
    assert "fontaine" not in found
    for _twice in range(2):
        assert send(desk, f"{texts}/nouveau", text_fr="Eau à boire").status_code == 303
    page = desk.get(texts).text
    assert page.count("Eau à boire · apparu en 2027") == 1
    option = re.search(r'<option value="(\d+)">Eau à boire · apparu en 2027', page)
    assert option
    ids = re.findall(r'name="texte" value="(\d+)"', page)
    answer = desk.post(
        f"{texts}/classer",
        data={
            "csrf_token": re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1],  # type: ignore[index]
            "texte": ids,
            "option": option[1],
            "acte": "classer",
        },
    )
    assert answer.status_code == 303
    left = desk.get(f"{texts}?reste=1").text
    assert left.count("Une fontaine") < 25


def test_the_file_of_staff_has_all_answers_and_nobody(desk: FlaskClient, contract: Contract) -> None:
    consultation = everything(contract)
    answer = send(desk, f"{DESK}/emporter/csv", DESK)
    assert answer.status_code == 200
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    assert len(rows) == 1 + 104
    assert [name.split(" · ")[0] for name in rows[0][6:]] == sorted(
        (name.split(" · ")[0] for name in rows[0][6:]), key=lambda name: int(name[1:])
    ), "in the order of the form"
    assert "account" not in answer.text
    assert "reponse-" not in answer.text, "no key"
    answers = json.loads(send(desk, f"{DESK}/emporter/json", DESK).text)
    assert len(answers) == 104
    db.session.rollback()
    acts = list(db.session.execute(select(AuditEntry.action)).scalars())
    assert acts.count("consultation.export") == 2
    assert consultation.id


@pytest.mark.parametrize("path", [f"{PUBLIC}/resultats", f"{PUBLIC}/donnees.json", DESK])
def test_pages_cost_the_same_statements_however_many_answered(
    app: Flask, contract: Contract, desk: FlaskClient, path: str
) -> None:
    consultation = everything(contract)
    if not path.startswith(DESK):
        closing.close_consultations()

    def cost() -> int:
        app.extensions["page_store"].clear()
        desk.get(path)
        app.extensions["page_store"].clear()
        with counting(app) as statements:
            assert desk.get(path).status_code == 200
        return len(statements)

    before = cost()
    make.make_answers(consultation, 50)
    assert cost() == before <= 12


def test_kept_pages_show_each_version_and_each_count_as_soon_as_it_is_published(
    app: Flask, client: FlaskClient
) -> None:
    """`count_answers`, `publish_results` and `correct_results` drop what was kept of the consultation."""
    coming = make.make_consultation(slug="en-cours")
    make.make_answers(coming, 10)
    opened = "/fr/consultations/en-cours"
    assert "plus de" not in client.get(opened).text
    closing.count_answers()
    assert "10" in client.get(opened).text
    consultation = make.make_consultation(slug="finie", stage="closed")
    question = make.make_question(make.make_step(consultation), options=["A", "B"])
    for option in make.options_of(question):
        make.make_answers(consultation, 30, choices={option: None})
    results = "/fr/consultations/finie/resultats"
    (main,) = re.findall(r"<main.*</main>", client.get(results).text, re.S)
    assert "60" not in re.sub(r"<[^>]+>", "", main)
    closing.publish_results(CommandLine(), consultation.id)
    assert "60" in client.get(results).text

    def add(_session: object, _row: object) -> None:
        for option in make.options_of(question):
            make.make_answers(consultation, 20, choices={option: None}, channel="papier")

    closing.correct_results(CommandLine(), consultation.id, "Un lot retrouvé.", version=1, add=add)
    again = client.get(results).text
    assert "100" in again
    assert "Un lot retrouvé." in again


@pytest.mark.parametrize(("crowd", "tells"), [(30, True), (2, False)])
def test_two_questions_together_are_cards_on_a_phone_and_a_sentence_where_all_is_hidden(
    client: FlaskClient, contract: Contract, crowd: int, tells: bool
) -> None:
    row = make.make_consultation(contract, stage="closed", slug="les-priorites")
    step = make.make_step(row)
    first, second = (
        make.make_question(step, words, options=["Oui", "Non"]) for words in ("Le jour ?", "Le soir ?")
    )
    with transaction() as session:
        session.add(
            ConsultationCross(consultation_id=row.id, row_question_id=first.id, column_question_id=second.id)
        )
    (day, no_day), (evening, no_evening) = make.options_of(first), make.options_of(second)
    for chosen, how_many in (
        ((day, evening), 40),
        ((day, no_evening), 30),
        ((no_day, evening), 25),
        ((no_day, no_evening), crowd),
    ):
        make.make_answers(row, how_many, choices=dict.fromkeys(chosen))
    closing.close_consultations()
    page = client.get(f"{PUBLIC}/resultats").text
    together = page.partition('id="croisements"')[2].partition("</details>")[0]
    assert ('class="crossed stacked"' in together) is tells
    assert ("Non publié, pour que personne ne soit reconnu." in together) is not tells
    assert together.count('data-label="Oui"') == (2 if tells else 0)
    assert "Sans réponse" not in together, "everybody answered both"
