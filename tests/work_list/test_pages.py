"""« À faire » at the desk: each person reads their own, and nobody who works is refused."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core.db import db
from cdv_civic.work_list.queries import period_of
from cdv_civic.work_list.rules import Period
from tests import factories as make
from tests.signing_in import open_browser, send
from tests.voices.voices import make_voices
from tests.work_list.places import MARK, BusyPlace, make_busy_place

pytestmark = pytest.mark.one_database

Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def busy(app: Flask) -> BusyPlace:
    return make_busy_place()


def browser(app: Flask, who: SignedIn) -> FlaskClient:
    made = app.test_client()
    open_browser(made, who)
    return made


def lines(page: str) -> list[str]:
    return re.findall(r"<li><a class=\"row-link\" href=\"([^\"]+)\"", page.partition("<main")[2])


def test_whoever_works_here_reads_the_page_and_a_resident_is_led_to_their_own_space(
    app: Flask, busy: BusyPlace
) -> None:
    people = busy.people
    everybody = (
        people.staff, people.moderator, people.contact, people.member, people.relais, busy.state,
        busy.translator, busy.local, make.make_account(role="administrator"),
    )  # fmt: skip
    for who in everybody:
        answer = browser(app, who).get("/fr/bureau")
        assert answer.status_code == 200, who.roles
        assert MARK not in answer.text
        assert "no-store" in answer.headers["Cache-Control"]
    resident = browser(app, make.make_account(role=None, password_hash=""))
    assert resident.get("/fr/bureau").location == "/fr/moi"
    assert app.test_client().get("/fr/bureau").location.startswith("/fr/connexion")


def test_each_line_leads_to_a_page_that_the_person_may_read(app: Flask, busy: BusyPlace) -> None:
    people = busy.people
    for who in (people.staff, people.moderator, people.contact, busy.local):
        client = browser(app, who)
        found = lines(client.get("/fr/bureau").text)
        assert found
        for address in found:
            assert client.get(address.partition("#")[0], follow_redirects=True).status_code == 200, (
                who.roles,
                address,
            )


def test_what_is_late_comes_first_and_says_so(app: Flask, busy: BusyPlace) -> None:
    page = browser(app, busy.people.moderator).get("/fr/bureau").text
    found = lines(page)
    body = busy.people.body.id
    assert found[:2] == ["/fr/bureau/idees/1", f"/fr/bureau/instances/{body}/tirages"]
    assert "en retard de 1 jour" in page
    assert "à faire dans 2 jours" in page
    assert '<small class="muted">attend depuis le 10 novembre 2026</small>' in page


def test_whoever_nothing_waits_for_reads_kind_words(app: Flask, busy: BusyPlace) -> None:
    page = browser(app, busy.people.relais).get("/fr/bureau").text
    assert "Rien ne vous attend aujourd’hui." in page
    assert "Merci pour votre travail." in page
    assert 'class="badge"' not in page


def test_the_menu_of_each_page_of_the_desk_says_how_much_waits(app: Flask, busy: BusyPlace) -> None:
    people = busy.people
    client = browser(app, people.moderator)
    for address in ("/fr/bureau", "/fr/bureau/instances", f"/fr/bureau/instances/{people.body.id}/parole"):
        menu = client.get(address).text.partition('class="desk-menu"')[2].partition("</nav>")[0]
        assert '<span class="badge" aria-hidden="true">8</span>' in menu, address
        assert "8 choses vous attendent" in menu
    make_voices(people.body, 150)
    menu = client.get("/fr/bureau/instances").text.partition('class="desk-menu"')[2].partition("</nav>")[0]
    assert ">99+</span>" in menu
    assert "plus de 99 choses vous attendent" in menu


def test_the_badge_costs_one_statement_and_the_page_two_more(
    app: Flask, busy: BusyPlace, count_statements: Counting
) -> None:
    client = browser(app, busy.people.moderator)
    client.get("/fr/bureau")  # whether anybody helps in other languages is read once
    with count_statements() as few:
        client.get("/fr/bureau")
    make_voices(busy.people.body, 200)
    client.get("/fr/bureau")
    with count_statements() as many:
        client.get("/fr/bureau")
    # Who acts, 2; whether words changed; the badge; the list; how often a mail is wanted.
    assert len(many) == len(few) == 6


def test_a_page_shows_the_most_urgent_lines_and_leads_to_the_others(
    app: Flask, busy: BusyPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cdv_civic.work_list.queries.MOST_LINES", 3)
    client = browser(app, busy.people.moderator)
    page = client.get("/fr/bureau").text
    assert len(lines(page)) == 3
    found = re.search(r'href="([^"]+)">Voir aussi 5 autres lignes, moins pressées<', page)
    assert found is not None
    whole = client.get(found[1]).text
    assert len(lines(whole)) == 8
    assert "Voir aussi" not in whole


def test_a_person_chooses_when_a_mail_reminds_them(app: Flask, busy: BusyPlace) -> None:
    moderator = busy.people.moderator
    client = browser(app, moderator)
    assert "le lundi matin" in client.get("/fr/bureau").text
    page = client.get("/fr/bureau/rappels").text
    assert re.search(r'value="weekly"[^>]*checked|checked[^>]*value="weekly"', page)
    answer = send(client, "/fr/bureau/rappels", period="never")
    assert answer.location == "/fr/bureau"
    db.session.rollback()
    assert period_of(moderator.actor_id) is Period.NEVER
    assert "Aucun e-mail ne vous rappelle" in client.get("/fr/bureau").text
    refused = send(client, "/fr/bureau/rappels", period="hourly")
    assert refused.status_code == 422
    assert period_of(moderator.actor_id) is Period.NEVER


def test_ones_own_space_leads_whoever_works_to_the_reminders(app: Flask, busy: BusyPlace) -> None:
    assert 'href="/fr/bureau/rappels"' in browser(app, busy.people.moderator).get("/fr/moi/reglages").text
    resident = browser(app, make.make_account(role=None, password_hash=""))
    assert "/fr/bureau/rappels" not in resident.get("/fr/moi/reglages").text


def test_who_comes_in_begins_where_their_work_is(app: Flask, busy: BusyPlace) -> None:
    people = busy.people
    for who, first in (
        (people.staff, "/fr/bureau"),
        (people.moderator, "/fr/bureau"),
        (people.contact, "/fr/bureau"),
        (busy.translator, "/fr/bureau"),
        (people.member, "/fr/bureau/instances"),
        (people.relais, "/fr/relais"),
    ):
        assert browser(app, who).get("/fr/entree").location == first, who.roles


def test_my_data_holds_what_was_chosen_and_an_erasure_forgets_it(app: Flask) -> None:
    who = make.make_account(role="translator", password_hash="")
    client = browser(app, who)
    send(client, "/fr/bureau/rappels", period="daily")
    assert "Chaque matin, du lundi au vendredi" in client.get("/fr/moi/donnees").text
    send(client, "/fr/moi/effacer")
    db.session.rollback()
    assert period_of(who.actor_id) is Period.WEEKLY


def test_the_day_of_a_deadline_is_told_from_now(app: Flask, busy: BusyPlace) -> None:
    make.make_commitment(busy.people.contract, "Bientôt", state="en_cours", deadline_date=date(2026, 11, 21))
    assert "à faire demain au plus tard" in browser(app, busy.people.staff).get("/fr/bureau").text
