"""Signing in says nothing about who has an account, and cannot be guessed at."""

import statistics
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cdv_civic.accounts import passwords
from cdv_civic.accounts.limits import limiter
from cdv_civic.accounts.models import Account
from cdv_civic.accounts.rules import own_path
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.demo import accounts
from tests.factories import PASSWORD, make_account
from tests.signing_in import send, sign_in, token_of


def test_the_right_password_opens_the_desk(client: FlaskClient) -> None:
    account = make_account()
    answer = sign_in(client, account)
    assert (answer.status_code, answer.location) == (303, "/fr/entree")
    assert client.get(answer.location).location == "/fr/bureau"
    assert client.get("/fr/bureau").status_code == 200


def test_an_address_is_the_same_in_any_case_and_width(client: FlaskClient) -> None:
    make_account("agent@example.org")
    assert sign_in(client, "  ＡGENT@Example.org ").status_code == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: FlaskClient) -> None:
    make_account("agent@example.org")
    cookie = sign_in(client, "agent@example.org").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_sign_in_page_is_kept_by_nobody(client: FlaskClient, app: Flask) -> None:
    first, second = client.get("/fr/connexion/equipe"), app.test_client().get("/fr/connexion/equipe")
    assert first.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" in first.headers
    assert "Set-Cookie" in second.headers
    assert token_of(first) != token_of(second)


def test_an_unknown_address_gets_the_same_answer_as_a_wrong_password(client: FlaskClient) -> None:
    make_account("agent@example.org")
    make_account("parti@example.org", disabled_at=clock.now())
    pages = [
        sign_in(client, email, password)
        for email, password in (
            ("agent@example.org", "pas le bon mot de passe"),
            ("personne@example.org", "pas le bon mot de passe"),
            ("parti@example.org", PASSWORD),
            ("pas une adresse", "pas le bon mot de passe"),
        )
    ]
    assert {page.status_code for page in pages} == {422}
    sentence = "L’adresse e-mail ou le mot de passe ne va pas."
    assert all(sentence in page.text for page in pages)


def test_an_unknown_address_takes_as_long_as_a_wrong_password(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_hasher", lambda: passwords.CAREFUL)
    passwords.dummy_hash.cache_clear()
    known = passwords.hash_password(PASSWORD)

    def seconds(password_hash: str | None) -> float:
        start = time.process_time()
        assert not passwords.matches(password_hash, "pas le bon mot de passe")
        return time.process_time() - start

    seconds(None)
    with_account = statistics.median(seconds(known) for _ in range(5))
    without = statistics.median(seconds(None) for _ in range(5))
    passwords.dummy_hash.cache_clear()
    assert 0.5 < with_account / without < 2


def test_what_was_typed_is_kept_but_not_the_password(client: FlaskClient) -> None:
    page = sign_in(client, "agent@example.org", "un secret bien gardé ici")
    assert 'value="agent@example.org"' in page.text
    assert "un secret bien gardé ici" not in page.text


def test_ten_failures_on_an_account_close_it_for_a_while_where_they_come_from(app: Flask) -> None:
    make_account("agent@example.org")
    for _ in range(10):
        assert sign_in(app.test_client(), "agent@example.org", "pas le bon mot de passe").status_code == 422
    refused = sign_in(app.test_client(), "Agent@example.org", PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    assert "Trop d’essais. Attendez 15 minutes, puis essayez de nouveau." in refused.text
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert sign_in(elsewhere, "agent@example.org").status_code == 303


def test_a_busy_office_that_types_well_is_never_refused(app: Flask) -> None:
    make_account("agent@example.org")
    for _ in range(25):
        assert sign_in(app.test_client(), "agent@example.org").status_code == 303


def test_no_address_is_kept_in_the_counters(app: Flask) -> None:
    sign_in(app.test_client(), "agent@example.org", "pas le bon mot de passe")
    kept = repr(vars(limiter.storage))
    assert "LIMITER" in kept
    assert "agent@" not in kept
    assert "127.0.0.1" not in kept


def test_a_session_planted_before_is_not_the_one_after(client: FlaskClient) -> None:
    make_account("agent@example.org")
    client.get("/fr/connexion/equipe")
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        before = session["csrf_token"]
    sign_in(client, "agent@example.org")
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != before


def test_one_goes_on_to_where_one_was_going(client: FlaskClient) -> None:
    make_account("agent@example.org")
    sent = client.get("/fr/bureau/engagements?etat=annonce")
    assert sent.status_code == 302
    assert sent.location.startswith("/fr/connexion?retour=")
    page = client.get(sent.location.replace("/connexion?", "/connexion/equipe?"))
    assert 'value="/fr/bureau/engagements?etat=annonce"' in page.text
    answer = sign_in(client, "agent@example.org", back="/fr/bureau/engagements?etat=annonce")
    assert answer.location == "/fr/bureau/engagements?etat=annonce"


@pytest.mark.parametrize(
    "target",
    [
        "https://mechant.example",
        "//mechant.example",
        "/\\mechant.example",
        "/\t/mechant.example",
        "\\\\mechant.example",
        "javascript:alert(1)",
        "/\n/mechant.example",
        "bureau",
        # No browser would keep the cookie that it waits in.
        f"/{'a' * 1000}",
        "",
        None,
    ],
)
def test_one_is_never_sent_to_another_site(client: FlaskClient, target: str | None) -> None:
    assert own_path(target) is None
    make_account("agent@example.org")
    answer = sign_in(client, "agent@example.org", back=target or "")
    assert answer.location == "/fr/entree"


def test_a_form_without_its_token_comes_back_with_what_was_typed(client: FlaskClient) -> None:
    make_account("agent@example.org")
    answer = client.post("/fr/connexion/equipe", data={"email": "agent@example.org", "password": PASSWORD})
    assert answer.status_code == 422
    assert "Cette page est restée ouverte trop longtemps." in answer.text
    assert 'value="agent@example.org"' in answer.text
    assert PASSWORD not in answer.text
    assert client.get("/fr/bureau").status_code == 302


def test_signing_out_needs_the_token_and_ends_the_session(client: FlaskClient) -> None:
    sign_in(client, make_account())
    assert client.post("/fr/deconnexion").status_code == 400
    assert client.get("/fr/bureau").status_code == 200
    assert send(client, "/fr/deconnexion", page="/fr/bureau").location == "/fr/connexion?fin=sortie"
    assert client.get("/fr/bureau").status_code == 302


def test_a_closed_account_is_out_at_once(client: FlaskClient, session: Session) -> None:
    account = make_account()
    sign_in(client, account)
    with transaction():
        session.get_one(Account, account.actor_id).disabled_at = clock.now()
    assert client.get("/fr/bureau").status_code == 302


def test_an_account_without_a_role_sees_nothing(client: FlaskClient) -> None:
    sign_in(client, make_account(role=None))
    assert client.get("/fr/bureau/engagements").status_code == 403


def test_the_demo_account_is_shown_in_the_demo_alone(client: FlaskClient) -> None:
    accounts.ensure_demo_account()
    assert accounts.ensure_demo_account().email == accounts.EMAIL
    assert accounts.PASSWORD not in client.get("/fr/connexion/equipe").text
    assert sign_in(client, accounts.EMAIL, accounts.PASSWORD).status_code == 303


def test_public_pages_know_nothing_of_who_is_signed_in(client: FlaskClient, app: Flask) -> None:
    sign_in(client, make_account())
    for address in ("/fr/", "/fr/mentions-legales", "/fr/engagements"):
        mine, anybodys = client.get(address), app.test_client().get(address)
        assert "Cookie" not in mine.headers["Vary"]
        assert "Set-Cookie" not in mine.headers
        assert mine.data == anybodys.data
