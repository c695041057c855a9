"""The register of a body shows what was answered to ideas in its boxes, beside what was answered to messages."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.accounts.limits import limiter
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.ideas.operations.answering import answer_idea
from cdv_civic.ideas.operations.boxes import withdraw_box
from cdv_civic.participation.answered import MOST_SHOWN
from tests.ideas.boxes import (
    BoxWithPeople,
    decide,
    make_a_box,
    make_a_box_of_the_quartier,
    put_one,
    stored_box,
    stored_idea,
)
from tests.voices.voices import make_place

REGISTER = "/fr/contrats/val/instances/conseil/paroles"


@pytest.fixture
def box(app: Flask) -> BoxWithPeople:
    limiter.reset()
    return make_a_box()


def answered(box: BoxWithPeople, title: str, *, who: SignedIn | None = None, **more: object) -> int:
    idea_id = put_one(box, title, f"{title} devant l’école.", **more).idea_id
    version = stored_idea(idea_id).version
    words = {"fr": "Les bancs arrivent en mai."}
    answer_idea(who or box.moderator, idea_id, words, answered_by="La ville", version=version)
    return idea_id


def test_an_answer_to_an_idea_stands_in_the_register_at_once(client: FlaskClient, box: BoxWithPeople) -> None:
    assert "Réponses à des idées" not in client.get(REGISTER).text
    idea_id = answered(box, "Des bancs")
    page = client.get(REGISTER).text
    assert "Réponses à des idées" in page
    assert "Les bancs arrivent en mai." in page
    assert f'href="{box.url}/{idea_id}"' in page
    assert "Pas encore de réponse" not in page


def test_what_waits_for_an_answer_stays_in_its_box(client: FlaskClient, box: BoxWithPeople) -> None:
    put_one(box, "Un arbre")
    assert "Un arbre" not in client.get(REGISTER).text


def test_neither_hidden_ideas_nor_those_of_a_withdrawn_box_are_in_it(
    client: FlaskClient, box: BoxWithPeople
) -> None:
    idea_id = answered(box, "Des bancs")
    assert "Des bancs" in client.get(REGISTER).text
    decide(stored_idea(idea_id).case_id, "masque")
    assert "Des bancs" not in client.get(REGISTER).text
    decide(stored_idea(idea_id).case_id, "publie")
    assert "Des bancs" in client.get(REGISTER).text
    withdraw_box(box.moderator, box.id, version=stored_box(box.slug).version)
    assert "Des bancs" not in client.get(REGISTER).text


def test_a_theme_narrows_them_too(client: FlaskClient, box: BoxWithPeople) -> None:
    answered(box, "Des bancs", theme="ecologie")
    answered(box, "Une aide aux devoirs", theme="emancipation")
    page = client.get(f"{REGISTER}?theme=ecologie").text
    assert "Des bancs" in page
    assert "Une aide aux devoirs" not in page


def test_the_newest_stand_in_it_and_no_more_than_a_page_reads(
    client: FlaskClient, box: BoxWithPeople
) -> None:
    for number in range(MOST_SHOWN + 1):
        answered(box, f"L’idée numéro {number}")
    page = client.get(REGISTER).text
    assert "L’idée numéro 0" not in page
    assert f"L’idée numéro {MOST_SHOWN}" in page


def test_a_box_of_its_quartier_feeds_the_register_and_one_of_another_body_does_not(
    client: FlaskClient, box: BoxWithPeople
) -> None:
    answered(make_a_box_of_the_quartier(box.place), "Une fontaine", who=box.place.staff)
    answered(make_a_box(make_place("mont", "groupe")), "Un manège")
    page = client.get(REGISTER).text
    assert "Une fontaine" in page
    assert "Un manège" not in page
