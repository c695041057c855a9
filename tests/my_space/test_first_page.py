"""« Mon compte » begins with what one said and what moves: for whoever is new, for whoever follows much, for staff."""

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.core.registry import RegisteredTwice
from cdv_civic.my_space.first_page import MOST_NEWS, AccountPart, Side, register_account_part
from cdv_civic.my_space.operations import choose_quartier
from cdv_civic.notices.follows.operations import follow
from cdv_civic.seats.operations.accounts import link_account
from cdv_civic.voices.operations.receiving import say
from tests import factories as make
from tests.bodies.bodies import announce, make_body
from tests.conftest import counting
from tests.draws.draws import make_seat
from tests.mail_server import MailBox
from tests.notices.follows.following import Place, make_place
from tests.sign_in.test_by_message import parts_of
from tests.signing_in import open_browser, send
from tests.voices.voices import a_voice


@pytest.fixture
def place(app: Flask) -> Place:
    return make_place()


@pytest.fixture
def resident(app: Flask, client: FlaskClient) -> SignedIn:
    account = make.make_account(
        "amie@example.org", role=None, password_hash="", organisation_name="", name="Amie"
    )
    open_browser(client, account)
    return account


def headings(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", each).strip() for each in re.findall(r"<h2[^>]*>(.*?)</h2>", page, re.S)]


def test_whoever_is_new_is_told_to_choose_a_quartier_and_to_write(
    client: FlaskClient, resident: SignedIn
) -> None:
    page = client.get("/fr/moi").text
    assert headings(page)[:2] == ["Mes quartiers", "Mes messages"]
    assert "Choisissez votre quartier" in page
    assert 'name="q"' in page
    assert "Dire quelque chose" in page
    assert "Suivez un quartier, un groupe" in page
    assert "Ce qui est nouveau" not in page, "there is nothing to tell of"
    assert "À faire" not in page
    assert "/fr/moi/reglages" in page


def test_news_of_what_one_follows_and_of_ones_quartiers_stand_on_the_page(
    client: FlaskClient, place: Place, resident: SignedIn
) -> None:
    make.make_progress(place.commitment, "realise", sentence="Les arbres sont plantés.")
    assert "Les arbres sont plantés." not in client.get("/fr/moi").text
    choose_quartier(resident, place.quartier.slug)
    page = client.get("/fr/moi").text
    assert "Les arbres sont plantés." in page, "of one's quartier, followed or not"
    assert f'href="/fr/moi/suivre/quartier/{place.quartier.slug}"' in page, "and it can be followed"
    follow(resident, "quartier", place.quartier.slug, "fr")
    page = client.get("/fr/moi").text
    assert page.count("Les arbres sont plantés.") == 1, "once, though it is told of twice"
    assert f'href="/fr/moi/suivre/quartier/{place.quartier.slug}"' not in page
    assert "Vous suivez 1 page." in page.replace("\u00a0", " ")


def test_the_dates_of_ones_quartiers_stand_on_the_page(
    client: FlaskClient, place: Place, resident: SignedIn
) -> None:
    announce(make.make_account(), place.body, date(2026, 11, 25))
    assert "En ce moment" not in client.get("/fr/moi").text
    choose_quartier(resident, place.quartier.slug)
    page = client.get("/fr/moi").text
    assert "En ce moment" in headings(page)
    assert f"/fr/contrats/{place.contract}/instances/{place.body.slug}/rencontres/" in page


def test_where_one_sits_stands_on_the_page_until_the_seat_ends(
    app: Flask, client: FlaskClient, place: Place, resident: SignedIn
) -> None:
    assert "Où j’ai une place" not in client.get("/fr/moi").text
    moderator = make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, place.body.id))
    seat = make_seat(moderator, place.body, ends_on=date(2027, 3, 8))
    link_account(moderator, seat, "amie@example.org", version=0)
    page = client.get("/fr/moi").text
    assert "Où j’ai une place" in headings(page)
    assert f'href="/fr/contrats/{place.contract}/instances/{place.body.slug}"' in page
    assert "8 mars 2027" in page.replace("\u00a0", " ")


def test_whoever_works_here_reads_what_waits_first(app: Flask, place: Place) -> None:
    moderator = make.make_account(role=Role.MODERATOR.value, scope=Scope(ScopeKind.BODY, place.body.id))
    desk = app.test_client()
    open_browser(desk, moderator)
    assert "Rien ne vous attend" in desk.get("/fr/moi").text
    for number in range(2):
        say(a_voice(place.body, f"Parole {number}"))
    page = desk.get("/fr/moi").text.replace("\u00a0", " ")
    assert "2 choses vous attendent" in page
    assert page.index("2 choses vous attendent") < page.index("<h2")
    assert 'href="/fr/bureau"' in page


SETTINGS = (
    "/fr/moi/nom",
    "/fr/moi/suivis#how-title",
    "/fr/moi/suivis#topics-title",
    "/fr/moi/quartiers",
    "/fr/moi/joindre/email",
    "/fr/moi/joindre/email/effacer",
    "/fr/moi/appareils/fermer",
    "/fr/moi/donnees",
    "/fr/moi/effacer",
    "/fr/vie-privee",
)


def test_every_setting_is_two_taps_away(client: FlaskClient, resident: SignedIn, mail: MailBox) -> None:
    page = client.get("/fr/moi/reglages").text
    for address in SETTINGS:
        assert f'="{address}"' in page, address
    first = client.get("/fr/moi").text
    assert 'href="/fr/moi/reglages"' in first
    assert "a•••@example.org" not in first


def test_many_messages_follows_and_quartiers_cost_no_more_than_one(
    app: Flask, client: FlaskClient, place: Place, resident: SignedIn
) -> None:
    contract = make.make_contract("val")
    commune = make.make_commune(contract)
    organisation = make.make_organisation(contract)

    def add(number: int) -> None:
        quartier = make.make_quartier(contract, f"Quartier {number}", communes=[commune])
        body = make_body(contract, f"Conseil {number}", slug=f"conseil-{number}", quartiers=[quartier])
        commitment = make.make_commitment(contract, quartiers=[quartier], holders=[organisation])
        make.make_progress(commitment, "realise", sentence=f"C’est fait, {number}.")
        make.make_account(role=Role.MODERATOR.value, scope=Scope(ScopeKind.BODY, body.id))
        say(a_voice(body, f"Question {number}"), resident)
        if number < 5:
            choose_quartier(resident, quartier.slug)
        follow(resident, "quartier", quartier.slug, "fr")
        follow(resident, "commitment", f"val/{commitment.code}", "fr")
        follow(resident, "body", f"val/{body.slug}", "fr")

    def cost() -> int:
        client.get("/fr/moi")
        with counting(app) as seen:
            page = client.get("/fr/moi")
        assert page.status_code == 200
        assert page.text.count("C’est fait, ") <= MOST_NEWS
        assert page.text.count('href="/fr/moi/messages/') <= 3
        return len(seen)

    add(0)
    few = cost()
    for number in range(1, 12):
        add(number)
    assert cost() == few
    assert few <= 17


def test_a_part_has_one_name(app: Flask) -> None:
    with pytest.raises(RegisteredTwice):
        register_account_part(app, AccountPart("voices", Side.AFTER_NEWS, lambda _reader: None))


# --- Signed out ---


def test_whoever_is_signed_out_is_asked_to_sign_in_and_shown_where_a_receipt_is_typed(
    client: FlaskClient,
) -> None:
    away = client.get("/fr/moi")
    assert away.status_code == 302
    page = client.get(away.location).text
    assert "J’ai un reçu" in page
    assert 'href="/fr/parole/suivi"' in page
    assert "J’ai un reçu" not in client.get("/fr/connexion?retour=/fr/bureau").text, (
        "staff do not look for it there"
    )


def test_a_visitor_who_follows_signs_in_for_the_first_time_and_comes_back_to_it(
    app: Flask, client: FlaskClient, place: Place, mail: MailBox
) -> None:
    add = f"/fr/moi/suivre/quartier/{place.quartier.slug}"
    away = client.get(add).location
    ways = client.get(away).text
    ask = re.search(r'href="(/fr/connexion/e-mail[^"]*)"', ways)
    assert ask
    typed = send(client, ask[1].replace("&amp;", "&"), email="nouvelle@example.org").location
    _link, code = parts_of(mail)
    welcome = send(client, typed, code=code).location
    assert welcome.startswith("/fr/moi/bienvenue")
    assert add in client.get(welcome).text, "whoever passes goes on to it"
    assert send(client, welcome, name="Nour", retour=add).location == add
    assert send(client, add).location == add
    done = client.get(add).text
    assert f'href="/fr/quartiers/{place.quartier.slug}"' in done, "and back to what they follow"
