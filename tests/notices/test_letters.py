"""A letter has the language of its reader, whoever asks for it and from which page; one that can be refused says how."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.core.db import transaction
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.notices.follows.topics import NEWS, REMINDERS
from cdv_civic.notices.letters import Letter, written_in
from cdv_civic.notices.models import Notice, Refusal
from cdv_civic.notices.operations import write_mail
from cdv_civic.notices.topics import ACCOUNT, Topic
from tests.mail_server import MailBox, deliver, send_mails

LETTER = Letter("Des nouvelles", ["Le jardin a ouvert."])


def write(topic: Topic | None = NEWS, recipient: str = "Amie@example.org") -> Notice | None:
    with transaction() as session, written_in("fr"):
        return write_mail(session, recipient, "fr", LETTER, topic=topic)


def link_of(mail: MailBox) -> str:
    found = re.fullmatch(
        r"<https://site\.example\.org(/fr/desabonnement/[\w.-]+)>", mail.taken[-1]["List-Unsubscribe"]
    )
    assert found, mail.taken[-1]["List-Unsubscribe"]
    return found.group(1)


def test_a_letter_speaks_its_own_language_inside_a_request_for_another(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        app.preprocess_request()
        with written_in("ar"):
            assert _("Se connecter") == "تسجيل الدخول"
        assert _("Se connecter") == "Se connecter"


def test_news_say_how_to_refuse_them_in_their_head_and_at_their_foot(app: Flask, mail: MailBox) -> None:
    write()
    deliver()
    (message,) = mail.taken
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = link_of(mail)
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        assert f"https://site.example.org{link}" in body.get_content()
        assert "Ne plus recevoir ces messages" in body.get_content()
    assert "amie" not in link.lower()


@pytest.mark.parametrize("topic", [None, ACCOUNT])
def test_what_somebody_asked_for_or_must_know_cannot_be_refused(
    app: Flask, mail: MailBox, topic: Topic | None
) -> None:
    write(topic)
    deliver()
    assert mail.taken[0]["List-Unsubscribe"] is None
    assert mail.taken[0]["List-Unsubscribe-Post"] is None


def test_one_click_of_a_mail_program_refuses_without_cookie_nor_form(
    app: Flask, client: FlaskClient, session: Session, mail: MailBox
) -> None:
    write()
    deliver()
    link = link_of(mail)
    assert "Ne plus recevoir ces messages" in client.get(link).text
    assert write() is not None, "looking changes nothing"
    answer = app.test_client().post(link, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert app.test_client().post(link).status_code == 200, "twice changes nothing"
    assert write() is None
    assert write(recipient="amie@EXAMPLE.org") is None
    assert write(None) is not None
    assert write(ACCOUNT) is not None
    assert write(REMINDERS) is not None, "another topic"
    assert write(recipient="autre@example.org") is not None
    kept = session.execute(select(Refusal)).scalars().all()
    assert len(kept) == 1
    assert "amie" not in kept[0].address_hash


def test_a_refusal_can_be_taken_back(app: Flask, client: FlaskClient, mail: MailBox) -> None:
    write()
    send_mails()
    link = link_of(mail)
    page = client.post(link)
    assert "Vous ne recevez plus ces messages" in page.text
    assert "Recevoir de nouveau ces messages" in page.text
    assert "vous recevez de nouveau" in client.post(link, data={"encore": "1"}).text
    assert write() is not None


@pytest.mark.parametrize("change", [lambda token: token[:-2], lambda token: "A" + token, lambda _token: "x"])
def test_a_link_that_is_not_ours_refuses_nothing(
    app: Flask, client: FlaskClient, session: Session, mail: MailBox, change: Callable[[str], str]
) -> None:
    write()
    deliver()
    *path, token = link_of(mail).split("/")
    for method in ("GET", "POST"):
        answer = client.open("/".join([*path, change(token)]), method=method)
        assert answer.status_code == 404
        assert "Ce lien n’est pas complet" in answer.text
    assert session.execute(select(func.count()).select_from(Refusal)).scalar() == 0
