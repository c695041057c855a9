"""Passwords that are hard to guess, and easy to make up."""

import dataclasses
import unicodedata
from typing import Literal
from unittest import mock

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import Account
from cdv_civic.accounts.passwords import QUICK, WeakPassword, check_new_password, hash_password, matches
from cdv_civic.core.audit.trail import AuditEntry
from tests.factories import PASSWORD, make_account
from tests.signing_in import send, sign_in

pytestmark = pytest.mark.one_database

UnicodeForm = Literal["NFC", "NFD", "NFKC"]
NEW = "trois pommes sous la pluie"


@pytest.mark.parametrize(
    "password",
    [
        "court",
        "onze signes",
        "Mot de passe 2026",
        "MOTDEPASSE123",
        "azertyuiop123",
        "Liberté, égalité, fraternité",
        "aaaaaaaaaaaaaaaa",
        "agent.exemple",
        "x" * 257,
        "123456789012",
        "0987654321098",
        "azertyuiopqsdf",
        "AbcdefghijkL!",
        "mot2mot2mot2mot2",
        "Marseillaise2026Vacances",
        "motdepasse azertyuiop",
    ],
)
def test_a_password_that_is_short_or_common_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_new_password(password, email="agent.exemple@example.org")


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        NEW,
        "كلمة سر طويلة جدا للحي",
        "7306 4419 8852",
        "!?:;,%*$£&é§",
        "x4#kQ-82zpW!vf",
        "un deux trois soleil",
    ],
)
def test_a_sentence_is_welcome_in_any_alphabet(app: Flask, password: str) -> None:
    check_new_password(password, email="agent@example.org")
    assert matches(hash_password(password), password)


def test_the_name_and_the_address_of_the_site_are_no_passwords(app: Flask) -> None:
    named = dataclasses.replace(
        app.extensions["settings"],
        site_name="Les quartiers de Clairbourg",
        base_url="https://engagements.clairbourg.fr",
    )
    with mock.patch.dict(app.extensions, settings=named):
        for password in ("LesQuartiersdeClairbourg2026", "engagements.clairbourg.fr"):
            with pytest.raises(WeakPassword):
                check_new_password(password)


def test_only_argon2id_hashes_are_kept(app: Flask, session: Session) -> None:
    account = session.get_one(Account, make_account().actor_id)
    assert account.password_hash.startswith("$argon2id$")


def test_no_hash_matches_nothing(app: Flask) -> None:
    assert not matches(None, "nobody has this password")


def test_one_changes_ones_own_password_and_stays(app: Flask, client: FlaskClient, session: Session) -> None:
    account = make_account()
    elsewhere = app.test_client()
    sign_in(elsewhere, account)
    sign_in(client, account)
    answer = send(client, "/fr/bureau/compte", current=PASSWORD, password=NEW, again=NEW)
    assert answer.status_code == 303
    assert client.get("/fr/bureau").status_code == 200
    assert elsewhere.get("/fr/bureau").status_code == 302
    assert sign_in(app.test_client(), account).status_code == 422
    assert sign_in(app.test_client(), account, NEW).status_code == 303
    session.rollback()  # look at the database as it is now
    entries = session.execute(select(AuditEntry).where(AuditEntry.action == "account.self")).scalars().all()
    assert len(entries) == 1
    assert NEW not in repr(entries[0].after)


@pytest.mark.parametrize(
    ("current", "password", "again", "sentence"),
    [
        ("pas le bon", NEW, NEW, "Ce n’est pas votre mot de passe d’aujourd’hui."),
        (PASSWORD, "court", "court", "Ce mot de passe est trop court."),
        (PASSWORD, NEW, NEW + "x", "ne sont pas les mêmes"),
    ],
)
def test_a_change_that_cannot_be_says_why(
    app: Flask, client: FlaskClient, current: str, password: str, again: str, sentence: str
) -> None:
    account = make_account()
    sign_in(client, account)
    page = send(client, "/fr/bureau/compte", current=current, password=password, again=again)
    assert page.status_code == 422
    assert sentence in page.text
    assert sign_in(app.test_client(), account).status_code == 303


def test_a_password_is_compared_whole(app: Flask) -> None:
    longest = "trois pommes " * 19 + "sous la p"
    assert len(longest) == 256
    known = hash_password(longest)
    assert matches(known, longest)
    assert not matches(known, longest + "luie"), "nothing is cut off before it is compared"


@pytest.mark.parametrize("kept", ["NFC", "NFD", "NFKC"])
@pytest.mark.parametrize("typed", ["NFC", "NFD"])
def test_accents_of_any_keyboard_open_what_any_keyboard_closed(
    app: Flask, kept: UnicodeForm, typed: UnicodeForm
) -> None:
    password = "une école bleue à côté"
    old = QUICK.hash(unicodedata.normalize(kept, password))
    new = hash_password(unicodedata.normalize(kept, password))
    for password_hash in (old, new):
        assert matches(password_hash, unicodedata.normalize(typed, password))
        assert not matches(password_hash, "une ecole bleue a cote")
