"""The desk of opinions: what its pages show, and what its form does."""

from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.core.db import db, transaction
from cdv_civic.core.work_sources import work_of
from cdv_civic.fund.models.projects import FundProject
from tests.bodies.bodies import make_body
from tests.fund.opinions.test_giving import Asked, ask, give, make_asked, now
from tests.signing_in import open_browser, send


def address(asked: Asked, page: str = "") -> str:
    return f"/fr/bureau/avis/{asked.place.body.id}/{asked.project.id}{page}"


def test_a_moderator_reads_a_project_and_gives_the_opinion(app: Flask, client: FlaskClient) -> None:
    asked = make_asked(contact_kind="email", contact="porteuse@example.org")
    open_browser(client, asked.moderator)
    listed = client.get("/fr/bureau/avis")
    assert "Un goûter au pied des tours" in listed.text
    read = client.get(address(asked))
    assert "Donner l’avis du groupe" in read.text
    assert "porteuse@example.org" not in read.text
    assert "Personne d’exemple" not in read.text
    answer = send(
        client,
        address(asked, "/donner"),
        stance="for",
        reasons_fr="Il réunit les familles.",
        given_on="2026-11-20",
        aside="1",
        version="0",
        client_key="un-avis-de-page",
    )
    assert answer.status_code == 303
    read = client.get(answer.location)
    assert "Tous les avis sont là" in read.text
    assert "1 membre lié au projet n’a pas pris part" in read.text
    assert now(asked).state == "in-choice"


def test_what_was_typed_comes_back_with_the_refusal(app: Flask, client: FlaskClient) -> None:
    asked = make_asked()
    open_browser(client, asked.moderator)
    page = send(
        client,
        address(asked, "/donner"),
        stance="against",
        reasons_fr="Mes raisons longues",
        given_on="2027-01-01",
        aside="0",
        version="0",
        client_key="un-avis-de-page",
    )
    assert page.status_code == 422
    assert "Mes raisons longues" in page.text
    assert "dans le futur" in page.text


def test_members_and_staff_read_and_give_nothing(app: Flask, client: FlaskClient) -> None:
    asked = make_asked()
    open_browser(client, asked.place.member)
    assert "Les personnes qui animent le groupe" in client.get(address(asked)).text
    assert client.get(address(asked, "/donner")).status_code == 403


def test_a_body_reads_why_it_does_not_judge_its_own_project(app: Flask, client: FlaskClient) -> None:
    asked = make_asked()
    with transaction() as session:
        session.get_one(FundProject, asked.project.id).body_id = asked.place.body.id
    open_browser(client, asked.moderator)
    assert "Ce groupe porte lui-même 1 projet" in client.get("/fr/bureau/avis").text
    assert "porte lui-même ce projet" in client.get(address(asked)).text
    assert client.get(address(asked, "/donner")).status_code == 303


def test_what_waits_is_in_the_work_of_the_body_with_its_day(app: Flask) -> None:
    asked = make_asked()
    other = make_body(asked.place.contract, "Conseil des jeunes")
    ask(asked.fund_id, other.id)
    (item,) = [
        each for each in work_of(db.session(), asked.moderator) if each.source.name == "opinions-to-give"
    ]
    assert (item.count, str(item.due_on), item.place) == (1, "2026-12-01", asked.place.body.name)
    give(asked)
    db.session.rollback()
    assert not [
        each for each in work_of(db.session(), asked.moderator) if each.source.name == "opinions-to-give"
    ]
