"""The page that takes a code, and the desk that prints cards."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cdv_civic.accounts.models import Account, AccountSession
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.cards.models import Card, CardBatch, CardSheet
from cdv_civic.cards.operations.batches import close_batch
from cdv_civic.cards.operations.lost import revoke_card
from cdv_civic.cards.operations.making import make_cards as make_ordered
from cdv_civic.cards.rules import Reason, grouped, new_code
from cdv_civic.core import clock
from cdv_civic.core.idempotency import new_key
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.territory.models import Contract, Quartier
from tests.cards.cards import card_at, make_cards
from tests.conftest import TODAY
from tests.factories import make_account, make_contract, make_quartier
from tests.signing_in import open_browser, send

CARD = "/fr/carte"
DESK = "/fr/bureau/cartes"


@pytest.fixture
def contract(app: Flask) -> Contract:
    return make_contract()


@pytest.fixture
def quartier(contract: Contract) -> Quartier:
    return make_quartier(contract, "Les Chênes")


@pytest.fixture
def staff(contract: Contract) -> SignedIn:
    return make_account(contract=contract)


@pytest.fixture
def desk(app: Flask, staff: SignedIn) -> FlaskClient:
    client = app.test_client()
    open_browser(client, staff)
    return client


def wrong(code: str) -> str:
    return code[:-1] + ("3" if code[-1] != "3" else "4")


def order(client: FlaskClient, place: Quartier, /, **fields: object) -> TestResponse:
    values: dict[str, Any] = {
        "quartier": place.id,
        "quantity": "12",
        "purpose": "Le vote de juin",
        "handed_out_by": "Maison du projet",
        "body": "",
        "expires_on": "2027-06-30",
        "languages": ["fr", "ar"],
        "client_key": new_key(),
        **fields,
    }
    return send(client, f"{DESK}/nouvelles", **values)


# --- Coming in -------------------------------------------------------------------------------------


def test_a_resident_comes_in_and_comes_back(
    app: Flask, session: Session, staff: SignedIn, quartier: Quartier
) -> None:
    _batch, (code,) = make_cards(staff, quartier)
    first, second = app.test_client(), app.test_client()
    page = first.get(CARD)
    assert page.headers["Cache-Control"] == "no-store"
    field = re.search(r"<input[^>]*name=\"code\"[^>]*>", page.text)
    assert field
    for wanted in ('autocomplete="off"', 'autocapitalize="characters"', 'spellcheck="false"', 'dir="ltr"'):
        assert wanted in field.group(0)
    answer = send(first, CARD, code=grouped(code).lower())
    assert (answer.status_code, answer.location) == (303, "/fr/moi/bienvenue")
    answer = send(second, CARD, code=f"https://site.example.org/fr/carte#{code}", shared="y")
    assert (answer.status_code, answer.location) == (303, "/fr/entree")
    session.rollback()
    rows = session.execute(select(AccountSession).where(AccountSession.way == "card")).scalars().all()
    assert [row.shared for row in rows] == [False, True]
    assert len({row.account_id for row in rows}) == 1


def test_a_card_leads_on_to_where_the_person_was_going(
    app: Flask, staff: SignedIn, quartier: Quartier
) -> None:
    _batch, (code,) = make_cards(staff, quartier)
    going = f"{CARD}?retour=/fr/moi&poste=partage"
    page = app.test_client().get(going)
    assert f"{CARD}?retour=/fr/moi&amp;poste=partage" in page.text
    assert re.search(r'<input[^>]*name="shared"[^>]*>', page.text)
    assert send(app.test_client(), going, code=code).location == "/fr/moi/bienvenue?retour=/fr/moi"
    assert send(app.test_client(), going, code=code).location == "/fr/moi"
    away = f"{CARD}?retour=https://evil.example/"
    assert send(app.test_client(), away, code=code).location == "/fr/entree"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (wrong, "Il y a une erreur dans ce code."),
        (lambda code: code[:9], "Ce code est trop court : il a 9 lettres et chiffres, il en faut 16."),
        (lambda code: code + "3", "Ce code est trop long"),
        (lambda code: "8" + code[1:], "« 8 » n’est sur aucune carte."),
        (lambda code: "", "Écrivez le code qui est sur la carte."),
        (lambda code: "é" * 1_900, "Ce code est trop long"),
    ],
)
def test_a_code_that_cannot_be_is_said_and_kept(
    client: FlaskClient, session: Session, staff: SignedIn, quartier: Quartier, change: object, sentence: str
) -> None:
    _batch, (code,) = make_cards(staff, quartier)
    for _ in range(12):  # mistakes of the hand are not counted as guesses
        page = send(client, CARD, code=change(code))  # type: ignore[operator]
        assert page.status_code == 422
    assert sentence in page.text
    assert 'aria-invalid="true"' in page.text
    assert f'value="{change(code)[:200]}' in page.text  # type: ignore[operator]
    assert send(client, CARD, code=code).status_code == 303


def test_no_statement_is_sent_for_a_wrong_check_character(
    client: FlaskClient, staff: SignedIn, quartier: Quartier, count_statements: object
) -> None:
    _batch, (code,) = make_cards(staff, quartier)
    with count_statements() as statements:  # type: ignore[operator]
        assert send(client, CARD, code=wrong(code)).status_code == 422
    # What the page cache asks for a GET is no look-up of a card.
    assert not [statement for statement in statements if "card" in statement]


def test_a_card_that_opens_nothing_says_whom_to_ask(app: Flask, staff: SignedIn, quartier: Quartier) -> None:
    batch, codes = make_cards(staff, quartier, 2)
    revoke_card(staff, codes[0], Reason.LOST)
    page = send(app.test_client(), CARD, code=codes[0])
    assert page.status_code == 422
    assert "elle a été dite perdue" in page.text
    assert codes[0] not in page.text
    close_batch(staff, batch)
    page = send(app.test_client(), CARD, code=codes[1])
    assert "Demandez-en une autre à : Maison du projet" in page.text
    assert codes[1] not in page.text


def test_a_whole_code_does_not_stand_in_the_page_that_refuses_it(app: Flask) -> None:
    code = new_code()
    for typed in (code, grouped(code).lower()):
        page = send(app.test_client(), CARD, code=typed)
        assert page.status_code == 422
        assert "Aucune carte n’a ce code" in page.text
        assert typed not in page.text


def test_who_mistypes_often_is_told_each_time_and_never_sent_away(app: Flask) -> None:
    here = app.test_client()
    pages = [send(here, CARD, code=new_code()) for _ in range(15)]
    assert {page.status_code for page in pages} == {422}
    assert "Regardez la carte" in pages[-1].text


def test_the_code_stands_in_no_address_and_in_no_log(
    client: FlaskClient, staff: SignedIn, quartier: Quartier, caplog: pytest.LogCaptureFixture
) -> None:
    _batch, (code,) = make_cards(staff, quartier)
    send(client, CARD, code=wrong(code))
    answer = send(client, CARD, code=code)
    assert code not in answer.location
    assert code not in caplog.text


# --- The desk --------------------------------------------------------------------------------------


@pytest.mark.pdf
def test_staff_print_a_batch_as_page_and_as_pdf_and_say_so(
    desk: FlaskClient, session: Session, quartier: Quartier
) -> None:
    answer = order(desk, quartier)
    assert answer.status_code == 303
    sheet = answer.location
    waiting = desk.get(sheet)
    assert waiting.headers["Cache-Control"] == "no-store"
    assert "Cartes prêtes\N{NO-BREAK SPACE}: 0 sur 12." in waiting.text
    assert '<noscript><meta http-equiv="refresh"' in waiting.text, "without script the page comes anew"
    assert "en préparation\N{NO-BREAK SPACE}: 0 sur 12" in desk.get(DESK).text
    for early in ("imprimer", ".pdf"):
        assert desk.get(f"{sheet}/imprimer" if early == "imprimer" else f"{sheet}.pdf").location == sheet
    assert send(desk, f"{sheet}/finie", page=sheet).status_code == 409
    make_ordered()
    page = desk.get(sheet)
    assert page.headers["Cache-Control"] == "no-store"
    assert "12 cartes" in page.text
    assert "2 feuilles A4" in page.text
    printed = desk.get(f"{sheet}/imprimer")
    codes = re.findall(r'class="card-code">([^<]+)<', printed.text)
    assert len(codes) == 12
    assert desk.get(f"{sheet}.pdf").data.startswith(b"%PDF")
    assert desk.get(f"{sheet}/imprimer").text.count(codes[0]) == 1, "a jam loses nothing"
    assert "Imprimer<" in desk.get(DESK).text
    assert send(desk, f"{sheet}/finie", page=sheet).location == DESK
    for address in (sheet, f"{sheet}/imprimer", f"{sheet}.pdf"):
        gone = desk.get(address)
        assert gone.status_code == 410
        assert "ne peuvent plus être imprimés" in gone.text
    assert session.execute(select(func.count()).select_from(CardSheet)).scalar() == 0


def test_another_browser_and_a_colleague_cannot_open_the_sheet(
    app: Flask, desk: FlaskClient, staff: SignedIn, contract: Contract, quartier: Quartier
) -> None:
    sheet = order(desk, quartier).location
    for person in (staff, make_account(contract=contract)):
        other = app.test_client()
        open_browser(other, person)
        assert other.get(f"{sheet}/imprimer").status_code == 410
        assert "Imprimer<" not in other.get(DESK).text
    with clock.frozen_everywhere(TODAY + timedelta(hours=1)):
        assert desk.get(sheet).status_code == 410


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"quantity": "501"}, "Écrivez un nombre de 1 à 500."),
        ({"quantity": "beaucoup"}, "Écrivez un nombre de 1 à 500."),
        ({"purpose": ""}, "Écrivez à quoi servent ces cartes."),
        ({"quartier": "9999"}, "Choisissez une réponse de la liste."),
        ({"expires_on": "2020-01-01"}, "Choisissez un jour à venir."),
        ({"expires_on": "demain"}, "Cette date ne va pas."),
        ({"languages": []}, "Choisissez d’une à trois langues."),
        ({"handed_out_by": "x" * 1_900}, "Gardez 80 caractères au plus."),
    ],
)
def test_a_refused_batch_says_why_and_keeps_what_was_typed(
    desk: FlaskClient, session: Session, quartier: Quartier, fields: dict[str, object], sentence: str
) -> None:
    page = order(desk, quartier, **fields)
    assert page.status_code == 422
    assert sentence in page.text
    if "purpose" not in fields:
        assert "Le vote de juin" in page.text
    assert session.execute(select(func.count()).select_from(CardBatch)).scalar() == 0


def test_all_that_is_wrong_with_a_batch_is_said_at_once(desk: FlaskClient, quartier: Quartier) -> None:
    page = order(desk, quartier, quantity="900", purpose="", expires_on="2020-01-01", languages=[])
    for field in ("quantity", "purpose", "expires_on", "languages"):
        assert f'id="{field}-error"' in page.text


def test_the_list_shows_what_is_within_reach_and_no_small_count(
    app: Flask, staff: SignedIn, contract: Contract, quartier: Quartier
) -> None:
    elsewhere = make_quartier(contract, "Ailleurs")
    _batch, codes = make_cards(staff, quartier, 20)
    for code in codes[:6]:
        send(app.test_client(), CARD, code=code)
    make_cards(staff, elsewhere, 3)
    delegate = make_account(role="state", scope=Scope(ScopeKind.QUARTIER, quartier.id))
    client = app.test_client()
    open_browser(client, delegate)
    page = client.get(DESK).text
    assert "Les Chênes" in page
    assert "Ailleurs" not in page
    cells = [cell.strip() for cell in re.findall(r'<td[^>]* class="number"[^>]*>([^<]+)</td>', page)]
    assert cells == ["20", "6", "non dit"]
    for code in codes[6:16]:
        send(app.test_client(), CARD, code=code)
    page = client.get(DESK).text
    cells = [cell.strip() for cell in re.findall(r'<td[^>]* class="number"[^>]*>([^<]+)</td>', page)]
    assert cells == ["20", "non dit", "non dit"], "four cards that did not serve could be pointed at too"
    assert "Fermer ce lot" not in page
    assert client.get(f"{DESK}/nouvelles").status_code == 403


def test_statements_of_the_list_are_the_same_for_two_and_for_many(
    desk: FlaskClient, staff: SignedIn, quartier: Quartier, count_statements: object
) -> None:
    counts = []
    for more in (2, 58):
        for _ in range(more):
            make_cards(staff, quartier)
        with count_statements() as statements:  # type: ignore[operator]
            page = desk.get(DESK)
        assert page.status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert "page=2" in page.text
    assert page.text.count('scope="row"') == 50
    assert desk.get(f"{DESK}?page=2").text.count('scope="row"') == 10


def test_staff_close_a_batch_after_a_question(
    app: Flask, desk: FlaskClient, session: Session, staff: SignedIn, quartier: Quartier
) -> None:
    batch, (code,) = make_cards(staff, quartier)
    page = desk.get(f"{DESK}/{batch}/fermer")
    assert "On ne peut pas revenir en arrière" in page.text
    assert send(desk, f"{DESK}/{batch}/fermer").status_code == 303
    assert "Le lot est fermé" in desk.get(DESK).text
    assert send(app.test_client(), CARD, code=code).status_code == 422
    assert desk.get(f"{DESK}/{batch}/fermer").status_code == 303


def test_a_relais_gives_another_card_for_a_lost_one(
    app: Flask, session: Session, staff: SignedIn, quartier: Quartier
) -> None:
    _batch, (code,) = make_cards(staff, quartier)
    send(app.test_client(), CARD, code=code)
    relais = make_account(role="relais", scope=Scope(ScopeKind.QUARTIER, quartier.id))
    client = app.test_client()
    open_browser(client, relais)
    lost = f"{DESK}/perdue"
    assert "Carte perdue" in client.get(lost).text
    assert DESK + '"' not in client.get(lost).text, "the list is not for a relais"
    page = send(client, lost, card="8-8-8", reason="lost", another="oui")
    assert page.status_code == 422
    answer = send(client, lost, card=code, reason="lost", another="oui")
    assert answer.status_code == 303
    assert "La nouvelle carte ouvre le même compte" in client.get(answer.location).text
    (fresh,) = re.findall(r'class="card-code">([^<]+)<', client.get(f"{answer.location}/imprimer").text)
    assert send(client, f"{answer.location}/finie", page=answer.location).location == lost
    assert send(app.test_client(), CARD, code=code).status_code == 422
    assert send(app.test_client(), CARD, code=fresh).location == "/fr/entree"
    session.rollback()
    residents = select(func.count()).select_from(Account).where(Account.email.is_(None))
    assert session.execute(residents).scalar() == 1


def test_a_card_can_be_closed_without_another_one(
    desk: FlaskClient, session: Session, staff: SignedIn, quartier: Quartier
) -> None:
    batch, (code,) = make_cards(staff, quartier)
    answer = send(desk, f"{DESK}/perdue", card=code, reason="seen", another="non")
    assert (answer.status_code, answer.location) == (303, f"{DESK}/perdue")
    assert f"La carte {card_at(batch).serial} est fermée." in desk.get(f"{DESK}/perdue").text
    session.rollback()
    assert card_at(batch).revoked_reason == "seen"
    assert session.execute(select(func.count()).select_from(Card)).scalar() == 1
