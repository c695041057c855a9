"""Logs say what happened, never to whom: no address, number, name, code or token in them."""

import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from cdv_civic.accounts.limits import limiter
from cdv_civic.accounts.operations import new_account
from cdv_civic.accounts.rules import Way
from cdv_civic.accounts.sessions import open_session
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict
from cdv_civic.core.policy.guard import policy_of
from cdv_civic.core.policy.table import PUBLIC
from cdv_civic.core.web.error_pages import without_words
from cdv_civic.jobs.table import Job, run
from cdv_civic.my_space import retention
from cdv_civic.my_space.retention import keep_no_longer
from cdv_civic.notices.operations import write_text
from tests.conftest import TODAY
from tests.factories import PASSWORD, make_account, make_notice
from tests.mail_server import MailBox, send_mails
from tests.permissions.world import make_world
from tests.signing_in import open_browser, send, sign_in, token_of, with_factor

#: Nothing of these may be read in a log.
SECRETS = ("zoubida", "612345678", PASSWORD, "trois pommes", "123456", "7W7W")
ADDRESS, NAME = "zoubida@example.org", "Zoubida"
#: Loggers of the tests' own servers and tools.
NOT_OURS = ("mail.", "hypothesis", "asyncio", "faker")


@pytest.fixture(autouse=True)
def _no_attempts(app: Flask) -> Iterator[None]:
    limiter.reset()
    yield
    limiter.reset()


def said(caplog: pytest.LogCaptureFixture) -> str:
    records = [record for record in caplog.records if not record.name.startswith(NOT_OURS)]
    formatter = logging.Formatter("%(name)s %(message)s")
    return "\n".join(formatter.format(record) for record in records)


def test_nothing_that_people_do_is_logged_with_who_they_are(
    app: Flask, client: FlaskClient, mail: MailBox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    account = make_account("zoubida@example.org", phone="+33612345678", name="Zoubida")
    make_account(role="administrator")
    sign_in(client, account, "trois pommes sous la pluie")
    send(client, "/fr/mot-de-passe-oublie", email="zoubida@example.org")
    send_mails()
    text = mail.taken[0].get_body(("plain",))
    assert text is not None
    found = re.search(r"/fr/mot-de-passe/([\w-]+)", text.get_content())
    assert found
    token = found.group(1)
    client.get(f"/fr/mot-de-passe/{token}x")
    send(client, f"/fr/mot-de-passe/{token}", password="court", again="court")
    send(client, f"/fr/mot-de-passe/{token}", password=PASSWORD, again=PASSWORD)
    send(client, "/fr/carte", code="7W7W 7W7W 7W7W 7W7W")
    sign_in(client, account)
    open_browser(client, account)
    send(client, "/fr/moi/nom", name="Zoubida\nBcc: zoubida@example.org")
    assert client.get("/fr/moi/donnees/fichier").status_code == 200
    mail.refusal = "550 no zoubida@example.org here, code 123456"
    make_notice(recipient="zoubida@example.org", subject="Bonjour Zoubida")
    send_mails()
    with transaction() as session:
        write_text(session, "+33612345678", "fr", "Votre code : 123456", topic=None)
    send_mails()
    assert send(client, "/fr/moi/effacer").status_code == 303
    log = said(caplog)
    for secret in (*SECRETS, token):
        assert secret.lower() not in log.lower(), secret
    assert "was given up" in log, "the log is not simply off"


def test_what_goes_wrong_is_logged_without_the_words_of_the_error(
    app: Flask,
    client: FlaskClient,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    make_account("zoubida@example.org", phone="+33612345678", name="Zoubida")

    def twice() -> str:
        with transaction() as session:
            new_account(session, email=ADDRESS, name=NAME)
        raise AssertionError

    with monkeypatch.context() as patched:
        patched.setitem(app.view_functions, "pages.legal", twice)
        twice.policy = PUBLIC  # type: ignore[attr-defined]
        patched.setattr(app, "testing", False)
        patched.setitem(app.config, "TESTING", False)
        assert client.get("/fr/mentions-legales").status_code == 500
    assert not run(app, Job("wrong", twice, clock.now() - TODAY, clock.now() - TODAY))

    def refuse(*_: object, **_more: object) -> bool:
        raise Conflict("zoubida@example.org")

    account = make_account("parti@example.org", role=None, disabled_at=TODAY)
    monkeypatch.setattr(retention, "erase_account", refuse)
    with clock.frozen_everywhere(TODAY.replace(year=2029)):
        keep_no_longer()
    log = said(caplog)
    for secret in SECRETS:
        assert secret.lower() not in log.lower(), secret
    assert "unexpected error at pages.legal: IntegrityError" in log
    assert "new_account" in log, "the place is told"
    assert f"account {account.actor_id} was not erased: Conflict" in log


def test_errors_of_the_database_are_told_without_values(app: Flask) -> None:
    make_account("zoubida@example.org")
    with pytest.raises(IntegrityError) as caught, transaction() as session:
        new_account(session, email=ADDRESS)
    assert "zoubida" not in without_words(caught.value)
    assert "IntegrityError" in without_words(caught.value)


def test_a_visitor_gets_no_cookie_but_the_proof_of_a_form(app: Flask) -> None:
    """Pages to read set none. Those with a form need a proof against forged requests: the cookie holds that alone."""
    world = make_world()
    reading = 0
    for rule in app.url_map.iter_rules():
        if policy_of(app, rule.endpoint) != PUBLIC or "GET" not in (rule.methods or ()):
            continue
        address = app.url_map.bind("localhost").build(
            rule.endpoint, world.arguments(rule.endpoint, rule.arguments)
        )
        client = app.test_client()
        answer = client.get(address)
        if "Set-Cookie" not in answer.headers:
            reading += 1
            continue
        assert answer.headers["Cache-Control"] == "no-store", address
        with client.session_transaction() as session:
            assert set(session) <= {"csrf_token", "_flashes"}, (address, set(session))
        assert answer.status_code != 200 or 'name="csrf_token"' in answer.text, address
    assert reading > 20


def test_a_visitor_who_was_signed_in_is_unknown_on_public_pages(app: Flask, client: FlaskClient) -> None:
    account = make_account(role=None)
    with app.test_request_context():
        open_session(account.actor_id, Way.EMAIL)
    open_browser(client, account)
    for address in ("/fr/", "/fr/vie-privee", "/fr/compte-efface", "/fr/moi/quartiers/propositions?q=a"):
        mine, anybodys = client.get(address), app.test_client().get(address)
        assert mine.data == anybodys.data, address
        assert "Set-Cookie" not in mine.headers


def events(caplog: pytest.LogCaptureFixture) -> list[str]:
    found = [record.getMessage() for record in caplog.records if record.name == "cdv_civic.security"]
    caplog.clear()
    return found


def test_the_log_says_who_of_the_staff_came_in_and_what_was_tried_in_vain(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    account = make_account("zoubida@example.org", role="administrator")
    number = account.actor_id
    sign_in(client, "nobody@example.org", "trois pommes sous la pluie")
    sign_in(client, account, "trois pommes sous la pluie")
    assert events(caplog) == [
        "sign-in failed: way=password",
        f"sign-in failed: way=password account={number}",
    ]
    with_factor(account)
    page = client.get("/fr/connexion/equipe")
    data = {"csrf_token": token_of(page), "email": account.email, "password": PASSWORD}
    client.post("/fr/connexion/equipe", data=data)
    send(client, "/fr/connexion/equipe/code", code="000000")
    send(client, "/fr/connexion/equipe/secours", code="ACDE FGHJ KLMN")
    send(client, "/fr/connexion/equipe/code", code=with_factor(account))
    assert events(caplog) == [
        f"password right, second step asked: way=password account={number}",
        f"sign-in failed: way=second factor reason=wrong account={number}",
        f"sign-in failed: way=recovery code account={number}",
        f"signed in: way=password shared=0 account={number}",
    ]
    send(client, "/fr/bureau/compte/codes", current="pas le bon")
    assert events(caplog) == [f"password not confirmed: account={number}"]


def test_the_log_says_how_residents_came_in_and_never_who(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    resident = make_account(role=None, password_hash="")
    with app.test_request_context("/fr/"):
        open_session(resident.actor_id, Way.CARD, shared=True)
    assert events(caplog) == ["signed in: way=card shared=1"]
    staff = make_account("agent@example.org", role="staff")
    for who in (resident, staff):
        with app.test_request_context("/fr/"):
            open_session(who.actor_id, Way.OIDC)
    assert events(caplog) == [
        "signed in: way=oidc shared=0",
        f"signed in: way=oidc shared=0 account={staff.actor_id}",
    ]
    send(client, "/fr/carte", code="7W7W 7W7W 7W7W 7W7W")
    assert events(caplog) == ["sign-in failed: way=card guessed=0"]
    open_browser(client, resident, way="card")
    assert client.get("/fr/bureau/engagements").status_code == 403
    assert events(caplog) == ["refused: status=403 at=commitments_desk.table method=GET"]


@pytest.mark.parametrize("came_from", ["none", "cross-site"])
def test_somebody_who_opens_a_page_with_a_form_forged_nothing(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, came_from: str
) -> None:
    client.get("/fr/parole/suivi", headers={"Sec-Fetch-Site": came_from})
    assert events(caplog) == []
    client.post("/fr/parole/suivi", headers={"Sec-Fetch-Site": came_from}, data={"receipt": ""})
    assert events(caplog) == ["refused: reason=forged form at=participation.follow"]


def test_the_log_says_what_was_refused_and_to_which_account_of_the_staff(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    staff = make_account("agent@example.org", role="staff")
    open_browser(client, staff)
    assert client.get("/fr/bureau/messages").status_code == 403
    (line,) = events(caplog)
    assert line.startswith("refused: status=403 at=")
    assert line.endswith(f" method=GET account={staff.actor_id}")
    client.post("/fr/deconnexion")
    client.post("/fr/connexion/equipe", data={"email": "zoubida@example.org"})
    assert client.get("/fr/mot-de-passe/zoubida").status_code == 410
    assert events(caplog) == [
        "refused: status=400 at=sign_in.sign_out method=POST",
        "refused: reason=forged form at=sign_in.with_password",
        "refused: status=410 at=sign_in.choose_password method=GET",
    ]


def test_lines_of_the_log_say_their_moment_in_utc(tmp_path: Path) -> None:
    program = (
        "import os; from cdv_civic.app import create_app; from cdv_civic.core import security_log as log;"
        "app = create_app(); log.note(log.SecurityEvent.REFUSED, status=403); app.logger.warning('two')"
    )
    environment = {"CDV_ENV": "testing", "DATA_DIR": str(tmp_path / "data"), "KEYS_DIR": str(tmp_path / "keys"),
                   "LEDGER_DIR": str(tmp_path / "ledger"), "TZ": "Pacific/Auckland"}  # fmt: skip
    before = datetime.now(UTC).replace(microsecond=0)
    said = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    ).stderr.splitlines()
    assert [line.partition(" ")[2] for line in said] == [
        "INFO cdv_civic.security: refused: status=403",
        "WARNING cdv_civic: two",
    ]
    for line in said:
        moment = datetime.fromisoformat(line.partition(" ")[0])
        assert before <= moment <= datetime.now(UTC)
