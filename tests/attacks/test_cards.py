"""Nobody enters the space of a card's holder from the desk: each step as somebody at the desk would try it."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts import limits
from cdv_civic.accounts.erasure import erase_own_account
from cdv_civic.accounts.models import Account, AccountSession, ResidentQuartier
from cdv_civic.accounts.rules import FRESH_FOR, Way
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.cards.models import Card
from cdv_civic.cards.operations.batches import Printing, close_batch
from cdv_civic.cards.operations.entry import CardRefused, open_card
from cdv_civic.cards.operations.lost import (
    ProofNeeded,
    TooManyClosed,
    ask_holder,
    replace_card,
    revoke_card,
    show_code,
)
from cdv_civic.cards.operations.making import codes_of_sheet
from cdv_civic.cards.operations.proofs import NotConfirmed, TooManyCodes, WrongProof
from cdv_civic.cards.personal_data import PERSONAL_PART
from cdv_civic.cards.queries import closings
from cdv_civic.cards.rules import ALPHABET, Reason, check_character, read_serial
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, Forbidden, NotFound
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.notices.models import Notice
from cdv_civic.territory.models import Contract, Quartier
from tests.cards.cards import card_at, make_cards
from tests.conftest import TODAY
from tests.factories import load_actor, make_account, make_contract, make_quartier
from tests.signing_in import open_browser, send

LOST = "/fr/bureau/cartes/perdue"
MAIL, NUMBER = "zoubida@example.org", "+33612345678"


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
def relais(quartier: Quartier) -> SignedIn:
    return make_account(role="relais", scope=Scope(ScopeKind.QUARTIER, quartier.id))


def code_of(printing: Printing) -> str:
    (code,) = codes_of_sheet(printing.batch_id, printing.key)
    return code


def a_resident(staff: SignedIn, quartier: Quartier, **ways: str) -> tuple[int, str, str]:
    """Somebody with a name and a card that was used; the account, the card's serial and its code."""
    batch, (code,) = make_cards(staff, quartier)
    account_id = open_card(code).account_id
    with transaction() as session:
        session.execute(update(Account).where(Account.id == account_id).values(name="Zoubida", **ways))
    return account_id, card_at(batch).serial, code


def messages(session: Session) -> list[Notice]:
    session.rollback()
    return list(session.execute(select(Notice).order_by(Notice.id)).scalars())


def number_in(text: str | None) -> str:
    found = re.search(r"(\d{3}) ?(\d{3})", (text or "").split("code", 1)[1])
    assert found, text
    return found.group(1) + found.group(2)


# --- The number of a card does not lead to its space ------------------------------------------------


def accounts_of_one_person(session: Session, account_id: int) -> frozenset[int]:
    """The accounts that cards of one person opened, one after the other: what a vote would count once."""
    person = (
        select(Card.id, Card.replaced_by).where(Card.account_id == account_id).cte("person", recursive=True)
    )
    person = person.union(
        select(Card.id, Card.replaced_by).join(
            person, or_(Card.replaced_by == person.c.id, Card.id == person.c.replaced_by)
        )
    )
    found = session.execute(
        select(Card.account_id).where(Card.id.in_(select(person.c.id)), Card.account_id.is_not(None))
    ).scalars()
    return frozenset({account_id, *(int(each or 0) for each in found)})


def test_a_serial_number_alone_never_opens_the_old_space(
    session: Session, staff: SignedIn, relais: SignedIn, quartier: Quartier
) -> None:
    account_id, serial, old = a_resident(staff, quartier)
    with pytest.raises(ProofNeeded):
        replace_card(relais, serial, Reason.LOST)
    assert open_card(old).account_id == account_id, "what was refused closed nothing"
    opened = open_card(code_of(replace_card(relais, serial, Reason.LOST, new_space=True)))
    assert opened.first_time
    assert opened.account_id != account_id
    assert session.get_one(Account, opened.account_id).name == ""
    # The right to take part is kept: the quartier, vouched for; and one person stays one person.
    home = session.execute(
        select(ResidentQuartier).where(ResidentQuartier.account_id == opened.account_id)
    ).scalar_one()
    assert (home.quartier_id, home.verified_at) == (quartier.id, TODAY)
    both = frozenset({account_id, opened.account_id})
    assert accounts_of_one_person(session, account_id) == both
    assert accounts_of_one_person(session, opened.account_id) == both


def test_the_desk_goes_through_the_same_steps_in_a_browser(
    app: Flask, staff: SignedIn, relais: SignedIn, quartier: Quartier
) -> None:
    _account_id, serial, _code = a_resident(staff, quartier)
    client = app.test_client()
    open_browser(client, relais)
    typed = {"card": serial, "reason": "lost", "another": "oui"}
    page = send(client, LOST, **typed)
    assert page.status_code == 409
    assert "Dites-le à la personne avant" in page.text, "the card was the only way in"
    assert "Zoubida" not in page.text
    assert MAIL not in page.text
    page = send(client, LOST, **typed, step="proof", proof="123 456")
    assert "123 456" not in page.text, "a code is never shown again"
    page = send(client, LOST, **typed, step="proof")
    assert "Écrivez le code que la personne a reçu" in page.text
    answer = send(client, LOST, **typed, step="new")
    assert answer.status_code == 303
    assert "La nouvelle carte ouvre un compte neuf" in client.get(answer.location).text
    (fresh,) = re.findall(r'class="card-code">([^<]+)<', client.get(f"{answer.location}/imprimer").text)
    visitor = app.test_client()
    assert send(visitor, "/fr/carte", code=fresh).location == "/fr/moi/bienvenue"
    assert "Zoubida" not in visitor.get("/fr/moi").text
    assert "Zoubida" not in visitor.get("/fr/moi/donnees/fichier").text


def test_whoever_holds_the_code_keeps_the_space(
    staff: SignedIn, relais: SignedIn, quartier: Quartier
) -> None:
    account_id, _serial, code = a_resident(staff, quartier)
    fresh = code_of(replace_card(relais, code, Reason.DAMAGED))
    assert open_card(fresh).account_id == account_id
    with pytest.raises(CardRefused):
        open_card(code)


def test_the_code_of_a_card_that_was_said_lost_proves_nothing(
    staff: SignedIn, relais: SignedIn, quartier: Quartier
) -> None:
    """Whoever found or stole it goes to another desk, after its holder said it was lost."""
    account_id, serial, code = a_resident(staff, quartier)
    revoke_card(staff, serial, Reason.LOST)
    with pytest.raises(ProofNeeded):
        replace_card(relais, code, Reason.LOST)
    fresh = code_of(replace_card(relais, code, Reason.LOST, new_space=True))
    assert open_card(fresh).account_id != account_id


def test_the_code_of_a_replaced_card_opens_and_replaces_nothing(
    staff: SignedIn, relais: SignedIn, quartier: Quartier
) -> None:
    _account_id, serial, code = a_resident(staff, quartier)
    replace_card(staff, serial, Reason.LOST, new_space=True)
    with pytest.raises(CardRefused):
        open_card(code)
    for typed in (code, serial):
        with pytest.raises(Conflict):
            replace_card(relais, typed, Reason.LOST, new_space=True)


def test_a_closed_batch_leaves_the_space_to_whoever_holds_the_code(
    staff: SignedIn, quartier: Quartier
) -> None:
    batch, (code,) = make_cards(staff, quartier)
    account_id = open_card(code).account_id
    close_batch(staff, batch)
    with pytest.raises(ProofNeeded):
        replace_card(staff, card_at(batch).serial, Reason.LOST)
    assert open_card(code_of(replace_card(staff, code, Reason.LOST))).account_id == account_id


# --- The person shows that the space is theirs -----------------------------------------------------


def test_a_code_sent_to_the_person_opens_the_old_space_to_the_new_card(
    session: Session, staff: SignedIn, relais: SignedIn, quartier: Quartier
) -> None:
    account_id, serial, _code = a_resident(staff, quartier, email=MAIL)
    ask_holder(relais, serial, "fr")
    (mail,) = messages(session)
    assert mail.recipient == MAIL
    proof = number_in(mail.text_body)
    wrong = "123456" if proof != "123456" else "654321"
    for _ in range(5):
        with pytest.raises(WrongProof):
            replace_card(relais, serial, Reason.LOST, proof=wrong)
    with pytest.raises(WrongProof):
        replace_card(relais, serial, Reason.LOST, proof=proof)  # five guesses, and it is dead
    ask_holder(relais, serial, "fr")
    proof = number_in(messages(session)[-1].text_body)
    fresh = code_of(replace_card(relais, serial, Reason.LOST, proof=proof))
    assert open_card(fresh).account_id == account_id
    with pytest.raises(WrongProof):
        replace_card(relais, serial, Reason.LOST, proof=proof)


def test_a_code_for_one_card_serves_for_no_other_and_not_late(
    session: Session, staff: SignedIn, relais: SignedIn, quartier: Quartier
) -> None:
    _mine, mine, _code = a_resident(staff, quartier, email="attaque@example.org")
    _theirs, theirs, _code = a_resident(staff, quartier, email=MAIL)
    ask_holder(relais, mine, "fr")
    proof = number_in(messages(session)[-1].text_body)
    with pytest.raises(WrongProof):
        replace_card(relais, theirs, Reason.LOST, proof=proof)
    with clock.frozen_everywhere(TODAY + timedelta(minutes=31)), pytest.raises(WrongProof):
        replace_card(relais, mine, Reason.LOST, proof=proof)


def test_codes_do_not_flood_a_person(session: Session, staff: SignedIn, quartier: Quartier) -> None:
    _account_id, serial, _code = a_resident(staff, quartier, phone=NUMBER)
    for _ in range(3):
        ask_holder(staff, serial, "fr")
    with pytest.raises(TooManyCodes):
        ask_holder(staff, serial, "fr")
    assert [(each.kind, each.recipient) for each in messages(session)] == [("sms", NUMBER)] * 3


def test_codes_at_the_desk_count_as_text_messages_of_the_site(
    app: Flask, session: Session, staff: SignedIn, quartier: Quartier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four in a day, of which one is kept for numbers with an account; what does not leave does not count."""
    settings = replace(app.extensions["settings"], sms_limit="4 per day", sms_reserve=25)
    monkeypatch.setitem(app.extensions, "settings", settings)
    limits.limiter.reset()
    _account_id, first, _code = a_resident(staff, quartier, phone=NUMBER)
    _account_id, second, _code = a_resident(staff, quartier, phone="+33612345679")
    for _ in range(3):
        ask_holder(staff, first, "fr")
    with pytest.raises(limits.TooManyTexts):
        limits.require_text()  # of a number without an account
    with pytest.raises(TooManyCodes):
        ask_holder(staff, first, "fr")
    ask_holder(staff, second, "fr")
    with pytest.raises(limits.TooManyTexts):
        ask_holder(staff, second, "fr")
    client = app.test_client()
    open_browser(client, staff)
    page = send(client, LOST, card=second, reason="lost", another="oui", step="send")
    assert (page.status_code, "Revenez demain." in page.text) == (429, True)
    assert int(page.headers["Retry-After"]) > 0
    assert len(messages(session)) == 4
    limits.limiter.reset()


def test_codes_for_many_cards_are_counted_as_the_cards_of_a_day(
    app: Flask, staff: SignedIn, relais: SignedIn, quartier: Quartier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six digits and five tries for each of many people would be many tries."""
    settings = replace(app.extensions["settings"], card_closings_a_day=2)
    monkeypatch.setitem(app.extensions, "settings", settings)
    serials = [a_resident(staff, quartier, email=f"personne-{number}@example.org")[1] for number in range(3)]
    for serial in serials[:2]:
        ask_holder(relais, serial, "fr")
    with pytest.raises(TooManyClosed):
        ask_holder(relais, serials[2], "fr")
    with pytest.raises(TooManyClosed):
        revoke_card(relais, serials[2], Reason.LOST)


def test_a_code_shown_in_ones_own_space_serves_at_the_desk(
    app: Flask, staff: SignedIn, relais: SignedIn, quartier: Quartier
) -> None:
    account_id, serial, code = a_resident(staff, quartier)
    visitor = app.test_client()
    send(visitor, "/fr/carte", code=code)
    page = send(visitor, "/fr/moi/carte")
    found = re.search(r"<strong[^>]*>(\d{3}) (\d{3})</strong>", page.text)
    assert found
    fresh = code_of(replace_card(relais, serial, Reason.LOST, proof="".join(found.groups())))
    assert open_card(fresh).account_id == account_id
    with pytest.raises(NotFound):
        show_code(staff)


def test_a_cookie_that_was_taken_shows_no_code_where_a_message_reaches_its_owner(
    app: Flask, staff: SignedIn, quartier: Quartier
) -> None:
    reached, _serial, _code = a_resident(staff, quartier, email=MAIL)
    by_card_alone, _serial, _code = a_resident(staff, quartier)
    browsers = {reached: app.test_client(), by_card_alone: app.test_client()}
    for account_id, browser in browsers.items():
        open_browser(browser, load_actor(account_id))
    with clock.frozen_everywhere(clock.now() + 2 * FRESH_FOR):
        page = send(browsers[reached], "/fr/moi/carte")
        assert page.status_code == 403
        assert "receipt-code" not in page.text
        assert "connectez-vous de nouveau" in page.text
        page = send(browsers[by_card_alone], "/fr/moi/carte")
        assert "receipt-code" in page.text, "no other way is left to them"


# --- Who, where, how often -------------------------------------------------------------------------


def test_a_relais_of_one_quartier_learns_and_changes_nothing_of_another(
    session: Session, contract: Contract, staff: SignedIn, relais: SignedIn
) -> None:
    elsewhere = make_quartier(contract, "Ailleurs")
    _account_id, serial, code = a_resident(staff, elsewhere, email=MAIL)
    for typed in (serial, code):
        for act in (
            lambda typed=typed: revoke_card(relais, typed, Reason.LOST),
            lambda typed=typed: replace_card(relais, typed, Reason.LOST, new_space=True),
            lambda typed=typed: replace_card(relais, typed, Reason.LOST, proof="123456"),
            lambda typed=typed: ask_holder(relais, typed, "fr"),
        ):
            with pytest.raises(Forbidden):
                act()
    assert messages(session) == []


def test_serial_numbers_do_not_follow_from_one_another(
    session: Session, staff: SignedIn, relais: SignedIn, quartier: Quartier
) -> None:
    batch, _codes = make_cards(staff, quartier, 20)
    known = {card_at(batch, place).serial for place in range(1, 21)}
    for number in range(1, 40):
        for typed in (f"{batch}-{number:03d}", f"{batch + 1}-{number:03d}"):
            with pytest.raises(NotFound):
                revoke_card(relais, typed, Reason.LOST)
    # Nor do those that differ in one sign, with the check character set right.
    for serial in known:
        plain = serial.replace("-", "")
        for sign in set(ALPHABET) - {plain[6]}:
            body = plain[:6] + sign
            assert read_serial(body + check_character(body)) not in known | {None}


def test_a_card_printed_before_is_still_found_by_its_number(
    session: Session, staff: SignedIn, relais: SignedIn, quartier: Quartier
) -> None:
    batch, (code,) = make_cards(staff, quartier)
    with transaction() as writing:
        card = card_at(batch)
        card.serial = f"{batch}-001"
        writing.add(card)
    assert read_serial(f" n° {batch} / 1") == f"{batch}-001"
    account_id = open_card(code).account_id
    with pytest.raises(ProofNeeded):
        replace_card(relais, f"{batch}-1", Reason.LOST)
    fresh = code_of(replace_card(relais, f"{batch}-1", Reason.LOST, new_space=True))
    assert open_card(fresh).account_id != account_id


def test_of_ten_replacements_at_once_one_is_made_and_told_once(
    app: Flask, session: Session, staff: SignedIn, relais: SignedIn, quartier: Quartier
) -> None:
    _account_id, serial, _code = a_resident(staff, quartier, email=MAIL)
    session.rollback()
    ready = threading.Barrier(10)
    made: list[Printing] = []
    lost: list[type[BaseException]] = []

    def use() -> None:
        with app.app_context():
            ready.wait()
            try:
                made.append(replace_card(relais, serial, Reason.LOST, new_space=True))
            except BaseException as error:
                lost.append(type(error))

    threads = [threading.Thread(target=use) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), set(lost)) == (1, {Conflict})
    assert [each.recipient for each in messages(session)] == [MAIL]


def test_closings_are_counted_told_and_bounded(
    app: Flask,
    session: Session,
    contract: Contract,
    staff: SignedIn,
    relais: SignedIn,
    quartier: Quartier,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = replace(app.extensions["settings"], card_closings_a_day=4)
    monkeypatch.setitem(app.extensions, "settings", settings)
    warned = make_account(role="administrator", email="administration@example.org", contract=contract)
    make_account(role="administrator", email="ailleurs@example.org", contract=make_contract())
    _batch, codes = make_cards(staff, quartier, 8)
    revoke_card(relais, codes[0], Reason.LOST)
    revoke_card(relais, codes[1], Reason.LOST)
    replace_card(relais, codes[1], Reason.LOST)  # the same card once more
    replace_card(relais, codes[2], Reason.LOST)
    assert messages(session) == []
    replace_card(relais, codes[3], Reason.LOST)
    told = messages(session)
    assert [each.recipient for each in told] == [warned.email]
    assert told[0].contract_id == contract.id
    assert "4" in (told[0].text_body or "")
    for act in (revoke_card, replace_card):
        with pytest.raises(TooManyClosed):
            act(relais, codes[4], Reason.LOST)
    assert len(messages(session)) == 1
    revoke_card(staff, codes[4], Reason.LOST)  # another person of the team goes on
    with clock.frozen_everywhere(TODAY + timedelta(hours=25)):
        revoke_card(relais, codes[5], Reason.LOST)
    counted = [(each.name, each.count) for each in closings(reach_of(staff, "card.report"))]
    assert sorted(count for _name, count in counted) == [1, 5]
    acts = [
        entry for entry in session.execute(select(AuditEntry)).scalars() if entry.action == "card.replace"
    ]
    assert {entry.actor_id for entry in acts} == {relais.actor_id, staff.actor_id}


# --- Who came in without a password ----------------------------------------------------------------


def by_way(app: Flask, person: SignedIn, way: Way) -> tuple[FlaskClient, SignedIn]:
    """A browser that was opened by a link, a code or a card."""
    client = app.test_client()
    open_browser(client, person)
    with transaction() as session:
        row = session.execute(
            select(AccountSession)
            .where(AccountSession.account_id == person.actor_id)
            .order_by(AccountSession.id.desc())
            .limit(1)
        ).scalar_one()
        row.way = way.value
    return client, replace(person, session_id=row.id)


@pytest.mark.parametrize("way", [Way.EMAIL, Way.SMS, Way.CARD])
def test_a_relais_who_came_in_without_a_password_confirms_first(
    app: Flask, session: Session, staff: SignedIn, relais: SignedIn, quartier: Quartier, way: Way
) -> None:
    _account_id, serial, code = a_resident(staff, quartier)
    client, actor = by_way(app, relais, way)
    for typed in (serial, code):
        with pytest.raises(NotConfirmed):
            replace_card(actor, typed, Reason.LOST, new_space=True)
    page = send(client, LOST, card=code, reason="lost", another="oui")
    assert page.status_code == 403
    assert 'value="lost"' in page.text, "what was chosen stays"
    assert "Confirmez d’abord" in page.text
    confirm = "/fr/bureau/cartes/confirmer"
    assert f'value="send" formaction="{confirm}"' in page.text
    given = {"card": serial, "reason": "lost", "another": "oui"}
    sent = send(client, confirm, step="send", **given)
    assert sent.status_code == 200
    (mail,) = messages(session)
    assert mail.recipient == relais.email
    wrong = send(client, confirm, step="code", proof="12 34", **given)
    assert "6 chiffres" in wrong.text
    assert "12 34" not in wrong.text, "a code is never shown again"
    for asked in (sent, wrong):
        for name, value in given.items():
            assert f'name="{name}" type="hidden" value="{value}"' in asked.text
    back = send(client, confirm, step="code", proof=number_in(mail.text_body), **given)
    assert (back.status_code, f'action="{LOST}"' in back.text) == (200, True)
    assert f'value="{serial}"' in back.text, "what was typed of the card comes back"
    assert back.text.count(" checked ") == 2
    assert send(client, confirm, page=LOST, step="code").location == LOST
    assert send(client, LOST, card=code, reason="lost", another="oui").status_code == 303
    # For half an hour, and in this browser alone.
    _other, elsewhere = by_way(app, relais, way)
    _account_id, serial, _code = a_resident(staff, quartier)
    with pytest.raises(NotConfirmed):
        replace_card(elsewhere, serial, Reason.LOST, new_space=True)
    with clock.frozen_everywhere(TODAY + timedelta(minutes=31)), pytest.raises(NotConfirmed):
        replace_card(actor, serial, Reason.LOST, new_space=True)


def test_a_code_of_the_desk_never_opens_an_account(
    app: Flask, session: Session, staff: SignedIn, relais: SignedIn, quartier: Quartier
) -> None:
    account_id, serial, _code = a_resident(staff, quartier, email=MAIL)
    client = app.test_client()
    asked = send(client, "/fr/connexion/e-mail", email=MAIL)
    ask_holder(relais, serial, "fr")
    proof = number_in(messages(session)[-1].text_body)
    sign_in = messages(session)[0].text_body or ""
    if proof not in sign_in.replace(" ", ""):
        assert send(client, asked.location, code=proof).status_code != 303
    held = select(AccountSession).where(AccountSession.account_id == account_id)
    assert session.execute(held).first() is None


# --- The person is told ----------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["closed", "same", "new", "batch"])
def test_the_person_is_told_on_every_way(
    app: Flask, session: Session, staff: SignedIn, relais: SignedIn, quartier: Quartier, ending: str
) -> None:
    batch, (code,) = make_cards(staff, quartier)
    account_id = open_card(code).account_id
    with transaction() as writing:
        writing.execute(update(Account).where(Account.id == account_id).values(email=MAIL, phone=NUMBER))
    serial = card_at(batch).serial
    acts: dict[str, Callable[[], object]] = {
        "closed": lambda: revoke_card(relais, serial, Reason.LOST),
        "same": lambda: replace_card(relais, code, Reason.LOST),
        "new": lambda: replace_card(relais, serial, Reason.LOST, new_space=True),
        "batch": lambda: close_batch(staff, batch),
    }
    acts[ending]()
    told = {each.kind: each for each in messages(session)}
    assert (told["email"].recipient, told["sms"].recipient) == (MAIL, NUMBER)
    text = told["email"].text_body or ""
    role = "Personne qui aide" if ending != "batch" else "Équipe"
    for words in (serial, role, "20 novembre 2026", "Maison du projet", "Your access card", "بطاقة دخولكم"):
        assert words in text, words
    assert serial in (told["sms"].text_body or "")
    assert {each.contract_id for each in told.values()} == {quartier.contract_id}
    visitor = app.test_client()
    open_browser(visitor, load_actor(account_id))
    home = visitor.get("/fr/moi").text
    assert f"n° {serial} a été fermée le 20 novembre 2026" in home
    assert role in home
    assert "/fr/moi/carte" in home
    with clock.frozen_everywhere(TODAY + timedelta(days=31)):
        open_browser(visitor, load_actor(account_id))
        assert serial not in visitor.get("/fr/moi").text
        row = next(row for row in PERSONAL_PART.read(session, account_id) if row["number"] == serial)
    by = Role.STAFF if ending == "batch" else Role.RELAIS
    assert (row["closed"], row["closed_at"], row["closed_by"]) == (True, TODAY, by.value)


def test_an_erased_account_is_told_nothing_and_opened_to_nobody(
    session: Session, staff: SignedIn, relais: SignedIn, quartier: Quartier
) -> None:
    account_id, serial, code = a_resident(staff, quartier, email=MAIL)
    erase_own_account(load_actor(account_id))
    for typed in (serial, code):
        with pytest.raises(Conflict):
            replace_card(relais, typed, Reason.LOST, new_space=True)
    assert [each for each in messages(session) if each.recipient] == []
    # One that was given a card for a new space before it was erased stays one person without a trace of it.
    first, serial, _code = a_resident(staff, quartier, email=MAIL)
    fresh = code_of(replace_card(relais, serial, Reason.LOST, new_space=True))
    second = open_card(fresh).account_id
    erase_own_account(load_actor(first))
    assert open_card(fresh).account_id == second
    assert accounts_of_one_person(session, second) == {second}


def test_the_key_enter_takes_the_code_that_was_typed_and_sends_no_other(
    app: Flask, staff: SignedIn, quartier: Quartier
) -> None:
    _account_id, serial, _code = a_resident(staff, quartier, email=MAIL)
    browser = app.test_client()
    open_browser(browser, staff)
    page = send(browser, LOST, card=serial, reason="lost", another="oui").text
    form = page.partition("<main")[2]
    assert "Envoyer un code à la personne" in form
    steps = re.findall(r'<button type="submit"[^>]*name="step" value="(\w+)"', form)
    assert steps[0] == "proof", "browsers press the first button of a form on Enter"
    assert "facultatif" not in form.partition('<label for="proof">')[2].partition("</label>")[0]


def test_the_code_of_ones_own_space_is_in_large_digits(
    app: Flask, staff: SignedIn, quartier: Quartier
) -> None:
    account_id, _serial, _code = a_resident(staff, quartier, email=MAIL)
    browser = app.test_client()
    open_browser(browser, load_actor(account_id))
    page = send(browser, "/fr/moi/carte").text
    assert re.search(r'class="receipt receipt-code">.*?<strong dir="ltr">\d{3} \d{3}</strong>', page)
