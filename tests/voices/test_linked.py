"""« Sans compte, sans nom », or « lié à mon compte »: the form says which, and the rows are what it said."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, inspect, select, text
from sqlalchemy.orm import Session

from cdv_civic.accounts.limits import limiter
from cdv_civic.accounts.models import Account, AccountSession
from cdv_civic.accounts.personal_parts import personal_parts
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core.db import db, transaction
from cdv_civic.voices.models import Voice
from tests import factories as make
from tests.signing_in import open_browser
from tests.voices.test_pages import SPEAK, field_of, receipt_in, speak
from tests.voices.voices import BodyWithPeople, make_place

WITHOUT = "Sans compte, sans nom."
ASKED = "Ce message et votre compte"


@pytest.fixture
def place(app: Flask) -> BodyWithPeople:
    limiter.reset()
    return make_place()


@pytest.fixture
def resident(place: BodyWithPeople) -> SignedIn:
    return make.make_account(role=None, organisation_name="", name="Fatou")


@pytest.fixture
def signed_in(app: Flask, resident: SignedIn) -> FlaskClient:
    client = app.test_client()
    open_browser(client, resident)
    return client


def the_voice(session: Session) -> Voice:
    session.rollback()
    return session.execute(select(Voice)).scalar_one()


def rows_that_name(account_id: int) -> list[str]:
    """The tables with a row that points to an account, but its own sessions and roles."""
    inspector = inspect(db.engine)
    found = []
    for table in inspector.get_table_names():
        for key in inspector.get_foreign_keys(table):
            if key["referred_table"] != "account":
                continue
            column = key["constrained_columns"][0]
            query = text(f"SELECT count(*) FROM {table} WHERE {column} = :id")
            if db.session.execute(query, {"id": account_id}).scalar():
                found.append(table)
    return sorted(set(found) - {"account_session", "role_grant"})


def test_the_form_says_what_will_be_kept_before_anything_is_sent(
    client: FlaskClient, signed_in: FlaskClient
) -> None:
    own, anybodys = signed_in.get(SPEAK), client.get(SPEAK)
    assert WITHOUT not in own.text, "whoever is signed in is not promised to be nobody"
    assert ASKED in own.text
    assert 'value="linked"' in own.text
    assert 'value="alone"' in own.text
    assert not re.search(f"{ASKED}<small|{ASKED} <small", own.text), (
        "it is not « facultatif »: one of the two counts"
    )
    assert WITHOUT in anybodys.text
    assert ASKED not in anybodys.text


def test_the_page_of_one_person_is_never_that_of_another(client: FlaskClient, signed_in: FlaskClient) -> None:
    for _each in range(2):
        own, anybodys = signed_in.get(SPEAK), client.get(SPEAK)
        assert (ASKED in own.text, ASKED in anybodys.text) == (True, False)
        for page in (own, anybodys):
            assert page.headers["Cache-Control"] == "private, no-cache"
        assert "Cookie" in own.headers["Vary"]
        assert "Cookie" not in anybodys.headers.get("Vary", "")
        assert "Set-Cookie" not in anybodys.headers


def test_a_word_that_is_linked_is_found_again_in_ones_own_data(
    signed_in: FlaskClient, resident: SignedIn, session: Session
) -> None:
    answer = speak(signed_in, sent_as="linked")
    assert "lié à votre compte" in answer.text
    assert the_voice(session).author_id == resident.actor_id
    (part,) = [each for each in personal_parts() if each.key == "voices"]
    assert [row["words"] for row in part.read(session, resident.actor_id)] == ["Quand rouvre le parc ?"]


def test_a_word_sent_without_the_account_is_kept_without_it_everywhere(
    signed_in: FlaskClient, resident: SignedIn, session: Session
) -> None:
    with transaction() as writing:
        writing.get_one(Account, resident.actor_id).minor = True
    form = signed_in.get(SPEAK)
    assert re.search(r'<input[^>]*checked[^>]*name="minor"', form.text), (
        "their age is theirs to say, or to take out"
    )
    answer = speak(signed_in, sent_as="alone")
    assert "n’est pas lié à votre compte" in answer.text
    assert receipt_in(answer)
    voice = the_voice(session)
    assert (voice.author_id, voice.entered_by, voice.minor) == (None, None, False)
    assert rows_that_name(resident.actor_id) == []
    (part,) = [each for each in personal_parts() if each.key == "voices"]
    assert list(part.read(session, resident.actor_id)) == []


def test_a_word_of_a_page_that_promised_no_account_has_none_whoever_signs_in_meanwhile(
    client: FlaskClient, resident: SignedIn, session: Session
) -> None:
    key = field_of(client.get(SPEAK), "client_key")
    open_browser(client, resident)
    answer = speak(client, client_key=key)
    assert answer.status_code == 200
    assert the_voice(session).author_id is None


def test_who_was_signed_out_before_sending_is_told_that_the_word_is_not_linked(
    signed_in: FlaskClient, session: Session
) -> None:
    key = field_of(signed_in.get(SPEAK), "client_key")
    with transaction() as writing:
        writing.execute(delete(AccountSession))
    answer = speak(signed_in, client_key=key, sent_as="linked")
    assert "s’est fermé avant l’envoi" in answer.text
    assert the_voice(session).author_id is None


@pytest.mark.parametrize("nonsense", ["", "LINKED", "1", "<script>"])
def test_what_is_no_choice_links_nothing(nonsense: str, signed_in: FlaskClient, session: Session) -> None:
    answer = speak(signed_in, sent_as=nonsense)
    assert answer.status_code in (200, 422)
    session.rollback()
    assert session.execute(select(Voice).where(Voice.author_id.is_not(None))).first() is None


def test_an_error_keeps_the_choice(signed_in: FlaskClient) -> None:
    answer = speak(signed_in, sent_as="alone", words="")
    assert answer.status_code == 422
    assert re.search(r'<input[^>]*checked[^>]*value="alone"', answer.text)


def test_the_receipt_is_the_only_way_but_for_who_has_another(
    client: FlaskClient, signed_in: FlaskClient
) -> None:
    only = "Ce reçu est le seul chemin"
    assert only in speak(client).text
    assert only in speak(signed_in, words="Deux.", sent_as="alone").text
    assert only not in speak(signed_in, words="Trois.", sent_as="linked").text
    assert only not in speak(client, words="Quatre.", contact="amina@example.org").text
