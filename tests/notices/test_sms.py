"""A text message leaves by the same outbox as a mail, and never says more than fits."""

import dataclasses
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.accounts import limits
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.external_services import TextGateway, UnusableSetting
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.core.settings import Settings
from cdv_civic.notices import sms
from cdv_civic.notices.delivery import Round, anything_due
from cdv_civic.notices.operations import (
    NoTexts,
    erase_old,
    try_again,
    write_text,
)
from cdv_civic.notices.queues import QUEUES
from cdv_civic.notices.texts import is_gsm, plainly
from tests.conftest import TODAY
from tests.factories import make_account
from tests.mail_server import MailBox, deliver
from tests.notices.test_outbox import stored, write
from tests.signing_in import open_browser
from tests.sms_gateway import TextBox, texts, use_gateway

__all__ = ["texts"]
NUMBER = "+33612345678"
#: What production asks for.
PRODUCTION = {"SECRET_KEY": "0" * 32, "KEYS_DIR": "/srv/site/keys", "LEDGER_DIR": "/srv/site/ledger"}


def write_one(text: str = "Bonjour", language: str = "fr", **values: Any) -> int:
    with transaction() as session:
        written = write_text(session, NUMBER, language, text, **{"topic": None, **values})
    assert written is not None
    return written.id


def test_a_message_that_nobody_asks_for_counts_as_it_leaves(
    app: Flask, texts: TextBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It leaves beyond the number of the day too; a code was counted when it was asked for."""
    settings = dataclasses.replace(app.extensions["settings"], sms_limit="2 per day", sms_reserve=0)
    monkeypatch.setitem(app.extensions, "settings", settings)
    limits.limiter.reset()
    write_one("Votre code : 123456", useful_until=TODAY + timedelta(minutes=30))
    deliver()
    assert not limits.texts_run_low()
    for _ in range(3):
        write_one("Votre réponse est là.")
    deliver()
    assert len(texts.taken) == 4
    assert limits.texts_run_low()
    limits.limiter.reset()


def test_a_text_message_reaches_the_gateway(app: Flask, texts: TextBox) -> None:
    notice_id = write_one("Votre code : 123456")
    assert any(anything_due(queue, queue.senders[0]) for queue in QUEUES)
    assert deliver() == Round(sent=1)
    assert texts.taken == [{"to": NUMBER, "text": "Votre code : 123456", "from": "MonQuartier"}]
    (headers,) = texts.headers
    assert headers["authorization"] == "Bearer t0ken"
    assert headers["content-type"] == "application/json"
    assert headers["idempotency-key"] == stored(notice_id).key
    assert stored(notice_id).sent_at == TODAY
    assert deliver() == Round()


def test_the_fields_and_the_header_are_those_of_the_gateway(
    app: Flask, texts: TextBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {"to": "recipients[]", "text": "message.text", "from": "message.sender"}
    use_gateway(app, monkeypatch, texts, fields=fields, header="X-Api-Key")
    write_one()
    deliver()
    assert texts.taken == [{"recipients": [NUMBER], "message": {"text": "Bonjour", "sender": "MonQuartier"}}]
    assert texts.headers[0]["x-api-key"] == "t0ken"
    assert "authorization" not in texts.headers[0]


def test_mails_and_text_messages_leave_in_one_round(app: Flask, mail: MailBox, texts: TextBox) -> None:
    settings = app.extensions["settings"]
    assert settings.smtp_url
    assert settings.sms
    write()
    write_one()
    assert deliver() == Round(sent=2)
    assert (len(mail.taken), len(texts.taken)) == (1, 1)


def test_a_site_with_mails_alone_keeps_text_messages(app: Flask, mail: MailBox) -> None:
    write_one()
    assert not any(anything_due(queue, queue.senders[0]) for queue in QUEUES)
    assert deliver() == Round()


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_what_the_gateway_will_never_take_is_given_up(app: Flask, texts: TextBox, status: int) -> None:
    texts.status = status
    notice_id = write_one()
    assert deliver() == Round(given_up=1)
    assert stored(notice_id).last_error == f"HTTP {status}"


@pytest.mark.parametrize("status", [302, 408, 429, 500, 503])
def test_what_it_cannot_take_now_is_tried_again_with_the_same_key(
    app: Flask, texts: TextBox, status: int
) -> None:
    texts.status, texts.location = status, "http://127.0.0.1:1/elsewhere"
    notice_id = write_one()
    assert deliver() == Round(postponed=1)
    assert stored(notice_id).last_error == f"HTTP {status}"
    assert texts.asked == 1
    texts.status = 200
    with clock.frozen_everywhere(TODAY + timedelta(minutes=1)):
        assert deliver() == Round(sent=1)
    assert texts.headers[0]["idempotency-key"] == stored(notice_id).key


def test_a_gateway_that_cannot_be_reached_is_asked_once_a_round(
    app: Flask, texts: TextBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [write_one() for _ in range(3)]
    gateway = dataclasses.replace(app.extensions["settings"].sms, url="http://127.0.0.1:1/")
    monkeypatch.setitem(
        app.extensions, "settings", dataclasses.replace(app.extensions["settings"], sms=gateway)
    )
    assert deliver() == Round(postponed=3)
    assert {stored(each).last_error for each in ids} == {"ConnectionError"}


def test_a_gateway_that_takes_too_long_is_not_waited_for(
    app: Flask, texts: TextBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sms, "TIMEOUT_SECONDS", (0.2, 0.2))
    texts.seconds = 0.6
    notice_id = write_one()
    assert deliver() == Round(unknown=1), "it may have taken it"
    assert stored(notice_id).last_error == "ReadTimeout"


def test_a_message_with_a_code_loses_its_text_as_it_leaves_and_never_leaves_late(
    app: Flask, texts: TextBox
) -> None:
    notice_id = write_one(useful_until=TODAY + timedelta(minutes=30))
    late = write_one(useful_until=TODAY)
    assert deliver() == Round(sent=1, given_up=1)
    assert stored(notice_id).text_body is None
    assert (stored(late).last_error, stored(late).text_body) == ("TooLate", None)
    with clock.frozen_everywhere(TODAY + timedelta(days=30)):
        assert erase_old() == 2
    assert stored(notice_id).recipient is None


def test_an_administrator_sees_it_given_up_and_sends_it_again(
    app: Flask, client: FlaskClient, texts: TextBox
) -> None:
    texts.status = 400
    notice_id = write_one()
    deliver()
    open_browser(client, make_account(role="administrator"))
    page = client.get("/fr/bureau/messages")
    assert "HTTP 400" in page.text
    assert "SMS" in page.text
    texts.status = 200
    try_again(CommandLine(), notice_id)
    assert deliver() == Round(sent=1)


def test_while_developing_a_file_takes_them(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sent.jsonl"
    settings = dataclasses.replace(app.extensions["settings"], sms=TextGateway(f"file://{path}"))
    monkeypatch.setitem(app.extensions, "settings", settings)
    write_one("Un")
    write_one("رمزك")
    assert deliver() == Round(sent=2)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(line["to"], line["text"]) for line in lines] == [(NUMBER, "Un"), (NUMBER, "رمزك")]
    assert path.stat().st_mode & 0o077 == 0


def test_the_page_of_sent_messages_shows_them(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_one("Votre code : 123456")
    settings = dataclasses.replace(app.extensions["settings"], environment="development")
    monkeypatch.setitem(app.extensions, "settings", settings)
    page = client.get("/fr/messages-envoyes").text
    assert "Votre code : 123456" in page
    assert ">SMS<" in page


def test_a_site_without_a_gateway_writes_none(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = dataclasses.replace(app.extensions["settings"], environment="production")
    monkeypatch.setitem(app.extensions, "settings", settings)
    with pytest.raises(NoTexts):
        write_one()


def test_what_does_not_fit_is_not_written(app: Flask) -> None:
    write_one("é" * 160)
    write_one("ê" * 70)
    for text in ("é" * 161, "ê" * 71, "€" * 81, "😀" * 36):
        with pytest.raises(ValueError, match="does not fit"):
            write_one(text)


@given(st.text(max_size=300))
def test_plain_words_never_take_more_room(text: str) -> None:
    plain = plainly(text)
    assert plainly(plain) == plain
    if is_gsm(text):
        assert plain == text


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x17F), max_size=60))
def test_french_and_its_neighbours_fit_the_small_alphabet(text: str) -> None:
    assert is_gsm(plainly(text))


def test_plain_words_stay_readable() -> None:
    assert plainly("L’été à « Forêt-Nœud » : ça coûte 3 €…") == 'L\'été à "Foret-Noeud" : ca coute 3 €...'
    assert plainly("حيّي") == "حيّي"


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"SMS_URL": "sms.example.fr"}, "SMS_URL cannot be read"),
        ({"SMS_URL": "http://sms.example.fr/"}, "unprotected"),
        ({"SMS_URL": "file:///tmp/sms"}, "SMS_URL is a file"),
        ({"SMS_URL": "https://sms.example.fr/", "SMS_FROM": "x" * 21}, "SMS_FROM is too long"),
        ({"SMS_URL": "https://sms.example.fr/", "SMS_HEADER": "X Key"}, "SMS_HEADER is"),
        ({"SMS_URL": "https://sms.example.fr/", "SMS_TOKEN": "a\nb"}, "SMS_TOKEN cannot"),
        ({"SMS_URL": "https://sms.example.fr/", "SMS_FIELDS": "to"}, "SMS_FIELDS has"),
        ({"SMS_URL": "https://sms.example.fr/", "SMS_FIELDS": "body=text"}, "SMS_FIELDS has"),
        ({"SMS_COUNTRIES": "France"}, "SMS_COUNTRIES is"),
        ({"SMS_LIMIT": "many"}, "SMS_LIMIT is"),
        ({"CODE_LIMIT": "many"}, "CODE_LIMIT is"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, str], sentence: str) -> None:
    with pytest.raises(UnusableSetting, match=sentence):
        Settings.from_environment({**PRODUCTION, **settings})


def test_settings_of_a_gateway_are_read() -> None:
    settings = Settings.from_environment(
        {
            **PRODUCTION,
            "SMS_URL": "https://sms.example.fr/v1",
            "SMS_TOKEN": "secret-token",
            "SMS_FROM": "Orly",
            "SMS_FIELDS": "to=recipient, text=content",
            "SMS_COUNTRIES": "fr,be",
        }
    )
    assert settings.texts
    assert settings.sms is not None
    assert settings.sms.fields == {"to": "recipient", "text": "content", "from": "from"}
    assert settings.sms_countries == ("FR", "BE")
    assert "secret-token" not in repr(settings)
    assert not Settings.from_environment(PRODUCTION).texts
