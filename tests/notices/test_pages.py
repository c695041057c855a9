"""Administrators see what could not be sent; everybody sees the mails of a site in development, nobody of a real one."""

import dataclasses

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_account
from tests.mail_server import MailBox, send_mails
from tests.notices.test_outbox import stored, write
from tests.signing_in import sign_in, token_of


def test_an_administrator_sees_a_mail_given_up_and_sends_it_again(client: FlaskClient, mail: MailBox) -> None:
    mail.refusal = "550 amie@example.org is unknown"
    notice_id = write()
    send_mails()
    sign_in(client, make_account(role="administrator"))
    page = client.get("/fr/bureau/messages")
    assert "amie@example.org" in page.text
    assert "SMTPRecipientsRefused 550" in page.text
    mail.refusal = ""
    again = f"/fr/bureau/messages/{notice_id}/encore"
    assert client.post(again, data={"csrf_token": token_of(page)}).status_code == 303
    send_mails()
    assert stored(notice_id).sent_at is not None
    assert "Aucun message abandonné" in client.get("/fr/bureau/messages").text


def test_staff_do_not_see_it(client: FlaskClient) -> None:
    sign_in(client, make_account())
    assert client.get("/fr/bureau/messages").status_code == 403
    assert "/fr/bureau/messages" not in client.get("/fr/bureau").text


def test_the_page_of_all_mails_exists_in_development_only(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice_id = write()
    for address in ("/fr/messages-envoyes", f"/fr/messages-envoyes/{notice_id}"):
        assert client.get(address).status_code == 404
    settings = dataclasses.replace(app.extensions["settings"], environment="development")
    monkeypatch.setitem(app.extensions, "settings", settings)
    page = client.get("/fr/messages-envoyes")
    assert "Une &lt;nouvelle&gt; : l’été." in page.text
    assert '<a href="https://site.example.org/fr/"' in page.text
    mail = client.get(f"/fr/messages-envoyes/{notice_id}")
    assert "script-src" not in mail.headers["Content-Security-Policy"]
    assert "default-src 'none'" in mail.headers["Content-Security-Policy"]


def test_the_command_lists_and_retries(app: Flask, mail: MailBox) -> None:
    mail.refusal = "550 no"
    notice_id = write()
    send_mails()
    listed = app.test_cli_runner().invoke(args=["notices", "list"]).output
    assert "0 waiting" in listed
    assert "SMTPRecipientsRefused 550" in listed
    assert app.test_cli_runner().invoke(args=["notices", "retry", str(notice_id)]).exit_code == 0
    assert "1 waiting" in app.test_cli_runner().invoke(args=["notices", "list"]).output
    assert app.test_cli_runner().invoke(args=["notices", "retry", "9999"]).exit_code == 1
