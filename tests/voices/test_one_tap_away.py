"""Whoever has something to say finds whom to say it to: from home, from a quartier, from a commitment, from a body.

Only bodies that listen are offered, today; where none does, the page says whom to ask.
"""

import html
import re
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.bodies.operations.describing import describe_body
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.territory.models import Body, Commune, Quartier
from cdv_civic.voices import rules
from cdv_civic.voices.models import Voice
from cdv_civic.voices.operations import keeping
from tests import factories as make
from tests.bodies.bodies import PARIS, make_body
from tests.voices.voices import BodyWithPeople, make_place, said


@pytest.fixture
def place(app: Flask) -> BodyWithPeople:
    return make_place()


@pytest.fixture
def commune(place: BodyWithPeople) -> Commune:
    return db.session.execute(select(Commune)).scalar_one()


def page_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.text


def links(page: str, words: str) -> list[str]:
    """Where the links lead that say some words."""
    found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return [html.unescape(url) for url, inside in found if words in html.unescape(inside)]


def red_buttons(page: str) -> list[str]:
    return [
        html.unescape(url) for url in re.findall(r'<a class="[^"]*button-main[^"]*" href="([^"]*)"', page)
    ]


def form_of(body: Body, about: str = "") -> str:
    return f"/fr/contrats/val/instances/{body.slug}/parole{about}"


def listen(place: BodyWithPeople, *, is_open: bool = True, version: int = 0, **days: date) -> None:
    keeping.describe_listening(
        place.moderator, place.body.id, is_open=is_open, due_days=None, readers={}, version=version, **days
    )


def another_that_listens(place: BodyWithPeople, name: str, quartiers: list[Quartier]) -> Body:
    body = make_body(place.contract, name, "collectif", quartiers=quartiers)
    make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, body.id))
    return body


# --- rules ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "more"),
    [
        ("À propos de : Le parc (A-1)\n\n", False),
        ("À propos de : Le parc (A-1)\r\n\r\n", False),
        ("  À propos de :  Le parc (A-1)", False),
        ("", True),
        ("À propos de : Le parc (A-1)\n\nQuand ?", True),
        ("Quand ?", True),
    ],
)
def test_a_form_that_holds_only_what_it_began_with_says_nothing(words: str, more: bool) -> None:
    assert rules.says_more(words, "À propos de : Le parc (A-1)\n\n") is more


# --- the four doors -----------------------------------------------------------------------------------


def test_home_has_a_door_to_those_who_listen(client: FlaskClient, place: BodyWithPeople) -> None:
    make.make_commitment(place.contract)
    (door,) = links(page_of(client, "/fr/"), "Dire quelque chose")
    assert form_of(place.body) in links(page_of(client, door), place.body.name)


def test_from_a_quartier_whose_one_body_listens_one_tap_leads_to_its_form(
    client: FlaskClient, place: BodyWithPeople
) -> None:
    quartier = place.quartier
    page = page_of(client, f"/fr/quartiers/{quartier.slug}")
    (url,) = links(page, "Dire quelque chose")
    assert url == form_of(place.body, f"?quartier={quartier.slug}")
    assert red_buttons(page) == [url]
    assert page.index("Dire quelque chose") < page.index("Ce qui a été promis")
    assert page_of(client, url).count("<textarea") == 1


def test_from_a_quartier_where_several_listen_one_chooses_by_name(
    client: FlaskClient, place: BodyWithPeople
) -> None:
    other = another_that_listens(place, "Collectif du marché", [place.quartier])
    deaf = make_body(place.contract, "Conseil sans personne", quartiers=[place.quartier])
    page = page_of(client, f"/fr/quartiers/{place.quartier.slug}")
    (url,) = links(page, "Dire quelque chose")
    choice = page_of(client, url)
    about = f"?quartier={place.quartier.slug}"
    assert links(choice, place.body.name) == [form_of(place.body, about)]
    assert links(choice, other.name) == [form_of(other, about)]
    assert deaf.name not in choice


def test_from_a_commitment_the_form_knows_what_it_is_about(
    client: FlaskClient, place: BodyWithPeople
) -> None:
    about = make.make_commitment(
        place.contract, "Rénover le parc", code="A-1", theme="ecologie", quartiers=[place.quartier]
    )
    page = page_of(client, f"/fr/contrats/val/engagements/{about.code}")
    (url,) = links(page, "Dire quelque chose")
    assert url == form_of(place.body, "?engagement=A-1")
    assert links(page, "Demander des nouvelles") == [url]
    assert red_buttons(page) == [url]
    form = html.unescape(page_of(client, url))
    assert "À propos de : Rénover le parc (A-1)" in form.replace("\u00a0", " ")
    assert re.search(r'<input[^>]*checked[^>]*value="ecologie"', form)


def test_at_the_top_of_a_body_that_listens_is_its_form(client: FlaskClient, place: BodyWithPeople) -> None:
    page = page_of(client, f"/fr/contrats/val/instances/{place.body.slug}")
    assert red_buttons(page) == [form_of(place.body)]
    assert page.index("button-main") < page.index('class="columns"')


# --- where a commitment is ------------------------------------------------------------------------------


def test_who_is_asked_about_a_commitment_is_who_listens_where_it_is(
    client: FlaskClient, place: BodyWithPeople, commune: Commune
) -> None:
    elsewhere = make.make_quartier(place.contract, "Ailleurs", [make.make_commune(place.contract, "Ivry")])
    there = another_that_listens(place, "Conseil d’Ailleurs", [elsewhere])
    whole = make_body(place.contract, "Observatoire")
    make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, whole.id))

    def asked(**where: Any) -> set[str]:
        code = make.make_commitment(place.contract, **where).code
        (url,) = links(page_of(client, f"/fr/contrats/val/engagements/{code}"), "Dire quelque chose")
        listed = page_of(client, url)
        return {body.name for body in (place.body, there, whole) if body.name in listed}

    assert asked(quartiers=[place.quartier]) == {place.body.name}
    assert asked(quartiers=[elsewhere]) == {there.name}
    assert asked(communes=[commune]) == {place.body.name}
    assert asked(communes=[commune], quartiers=[elsewhere]) == {there.name}
    assert asked() == {place.body.name, there.name, whole.name}


def test_bodies_of_another_contract_are_not_asked(client: FlaskClient, place: BodyWithPeople) -> None:
    other = make_place("mont", "groupe")
    code = make.make_commitment(other.contract).code
    (url,) = links(page_of(client, f"/fr/contrats/mont/engagements/{code}"), "Dire quelque chose")
    assert "/contrats/mont/instances/groupe/parole" in url


# --- nobody listens -------------------------------------------------------------------------------------


def test_where_nobody_listens_no_button_leads_to_a_closed_door_and_the_page_says_whom_to_ask(
    client: FlaskClient, place: BodyWithPeople
) -> None:
    listen(place, is_open=False)
    code = make.make_commitment(place.contract, quartiers=[place.quartier]).code
    for path in (
        f"/fr/quartiers/{place.quartier.slug}",
        f"/fr/contrats/val/engagements/{code}",
        f"/fr/contrats/val/instances/{place.body.slug}",
        f"/fr/dire?quartier={place.quartier.slug}",
        f"/fr/dire?contrat=val&engagement={code}",
        "/fr/dire",
    ):
        page = page_of(client, path)
        assert "/parole" not in "".join(links(page, "Dire quelque chose")), path
        assert links(page, "Demander des nouvelles") == [], path
        (asked,) = re.findall(r'<p class="who-to-ask">.*?</p>', page, re.DOTALL)
        assert "mairie" in asked, path
        assert "en deux minutes" not in page.partition("<main")[2], path


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"help_phone": "01 99 00 12 34", "help_place": "Maison du projet"}, "01 99 00 12 34"),
        ({"help_place": "Maison du projet"}, "Maison du projet"),
        ({}, "mairie"),
    ],
)
def test_whom_to_ask_is_the_help_line_else_its_place_else_the_town_hall(
    app: Flask, known: dict[str, str], said: str
) -> None:
    with app.test_request_context("/fr/"):
        asked = app.jinja_env.get_template("components/who_to_ask.html").module.who_to_ask(known)  # type: ignore[attr-defined]
    assert [each for each in ("01 99 00 12 34", "Maison du projet", "mairie") if each in asked] == [said]


def test_a_body_that_does_not_listen_but_can_be_reached_says_how_at_its_top(
    client: FlaskClient, place: BodyWithPeople
) -> None:
    listen(place, is_open=False)
    describe_body(
        place.staff, place.body.id, version=0, state=None, contact={"fr": "Le samedi au marché."}, joining={}
    )
    page = page_of(client, f"/fr/contrats/val/instances/{place.body.slug}")
    assert links(page, "Comment prendre contact") == ["#joindre"]
    assert re.search(r"<details[^>]* open>\s*<summary>[^\n]*Comment prendre contact", page), (
        "it need not be found"
    )


def test_whoever_follows_a_word_is_led_to_the_same_body_only_while_it_listens(
    client: FlaskClient, place: BodyWithPeople
) -> None:
    def say_more(act: str, receipt: str) -> list[str]:
        return links(client.post(act, data={"receipt": receipt, "sure": "oui"}).text, "Dire autre chose")

    first, second = said(place).receipt, said(place).receipt
    assert say_more("/fr/parole/suivi", first) == [form_of(place.body)]
    assert say_more("/fr/parole/suivi/retirer", first) == [form_of(place.body)]
    listen(place, is_open=False)
    assert say_more("/fr/parole/suivi", second) == ["/fr/dire"]
    assert say_more("/fr/parole/suivi/retirer", second) == ["/fr/dire"]


# --- kept pages -------------------------------------------------------------------------------------------


def test_pages_that_are_kept_open_and_close_with_the_form(client: FlaskClient, place: BodyWithPeople) -> None:
    code = make.make_commitment(place.contract, quartiers=[place.quartier]).code
    paths = (
        f"/fr/quartiers/{place.quartier.slug}",
        f"/fr/contrats/val/engagements/{code}",
        f"/fr/contrats/val/instances/{place.body.slug}",
        f"/fr/dire?quartier={place.quartier.slug}",
        f"/fr/dire?contrat=val&engagement={code}",
        "/fr/dire",
    )
    listen(place, opens_on=date(2026, 12, 11), closes_on=date(2026, 12, 12))

    def open_on(day: int) -> list[bool]:
        with clock.frozen_everywhere(datetime(2026, 12, day, 12, tzinfo=PARIS)):
            pages = [page_of(client, path) for path in paths]
        return [bool(re.search(rf'{place.body.slug}/parole["?]', page)) for page in pages]

    assert [open_on(day) for day in (10, 11, 12, 13)] == [[False] * 6, [True] * 6, [True] * 6, [False] * 6]


# --- the form ---------------------------------------------------------------------------------------------


def field_of(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found
    return found[1]


def test_who_adds_nothing_to_what_the_form_began_with_is_asked_to(
    client: FlaskClient, place: BodyWithPeople, session: Session
) -> None:
    about = make.make_commitment(place.contract, "Rénover le parc", code="A-1", quartiers=[place.quartier])
    url = form_of(place.body, f"?engagement={about.code}")
    page = page_of(client, url)
    begun = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", page, re.DOTALL)
    assert begun
    sent = {
        "words": html.unescape(begun[1]).replace("\n", "\r\n"),
        "kind": "question",
        "theme": "ecologie",
        "client_key": field_of(page, "client_key"),
    }
    refused = client.post(url, data=sent)
    assert refused.status_code == 422
    assert "Écrivez ce que vous voulez dire." in html.unescape(refused.text)
    assert "Rénover le parc" in refused.text
    taken = client.post(url, data={**sent, "words": sent["words"] + "Quand rouvre-t-il ?"})
    assert taken.status_code == 200
    assert session.execute(select(Voice.words)).scalar_one().endswith("Quand rouvre-t-il ?")


@pytest.mark.parametrize("about", ["engagement=RIEN", "quartier=rien"])
def test_a_form_whose_address_names_what_does_not_exist_is_a_form(
    client: FlaskClient, place: BodyWithPeople, about: str
) -> None:
    assert "À propos" not in page_of(client, form_of(place.body, f"?{about}"))


@pytest.mark.parametrize(
    "about",
    ["quartier=rien", "contrat=val&engagement=RIEN", "engagement=A-1"],
)
def test_a_choice_about_what_does_not_exist_is_no_page(
    client: FlaskClient, place: BodyWithPeople, about: str
) -> None:
    page_of(client, f"/fr/dire?{about}", 404)
