"""A mail is written with the act it tells of, leaves as soon as it can, and is given up in sight of somebody."""

import smtplib
from dataclasses import replace
from datetime import timedelta
from email.header import decode_header, make_header
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.emails import BadEmail
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db, transaction
from cdv_civic.core.external_services import MailServer
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.core.settings import current_settings
from cdv_civic.notices import delivery
from cdv_civic.notices.delivery import Round, anything_due
from cdv_civic.notices.letters import Letter, written_in
from cdv_civic.notices.models import Notice
from cdv_civic.notices.operations import (
    BadHeader,
    erase_old,
    hold_waiting,
    try_again,
    write_mail,
)
from cdv_civic.notices.queues import QUEUES
from cdv_civic.notices.rules import BACK_OFF, JITTER
from tests.conftest import TODAY
from tests.mail_server import MailBox, deliver
from tests.races import at_once, write_once_all_have_looked


def write(recipient: str = "amie@example.org", language: str = "fr", **values: object) -> int:
    letter = Letter(
        "Bonjour à vous", ["Une <nouvelle> : l’été."], "Lire", "https://site.example.org/fr/", ["À bientôt."]
    )
    with transaction() as session, written_in(language):
        notice = write_mail(session, recipient, language, letter, **{"topic": None, **values})  # type: ignore[arg-type]
        assert notice is not None
        return notice.id


def stored(notice_id: int) -> Notice:
    db.session.rollback()
    return db.session.get_one(Notice, notice_id, populate_existing=True)


def test_a_mail_reaches_its_reader_as_text_and_as_html(app: Flask, mail: MailBox) -> None:
    notice_id = write()
    assert deliver() == Round(sent=1)
    (message,) = mail.taken
    assert mail.recipients == ["amie@example.org"]
    assert message["Subject"] == "Bonjour à vous"
    assert message["From"].addresses[0].addr_spec == "site@example.org"
    assert message["Content-Language"] == "fr"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply", "Exchange does not know the other"
    assert message["Message-ID"] == f"<{stored(notice_id).key}@example.org>"
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert "Une <nouvelle> : l’été." in text.get_content()
    assert "Une &lt;nouvelle&gt; : l’été." in html.get_content()
    assert 'lang="fr" dir="ltr"' in html.get_content()
    assert stored(notice_id).sent_at == TODAY
    assert deliver() == Round()
    assert len(mail.taken) == 1


@pytest.mark.parametrize(
    "name",
    [
        "Mon\u00a0quartier",
        "Mon quartier de la très grande communauté d’agglomération de Seine-Essonne-Sénart, nos engagements pour 2030",
        "حيّنا، التزاماتنا " * 6,
        "Plain and long, " * 10,
        "Quartiers : « nous », (tous) <ici>",
    ],
)
def test_the_name_of_the_site_reaches_its_reader_whole(
    app: Flask, mail: MailBox, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    settings = replace(current_settings(), site_name=name)
    monkeypatch.setitem(app.extensions, "settings", settings)
    write()
    deliver()
    (message,) = mail.taken
    wanted = " ".join(name.split())
    sent = dict(message.raw_items())["From"]
    assert max(map(len, sent.splitlines())) <= 78
    assert message["From"].addresses[0].addr_spec == "site@example.org"
    # As the standard says (RFC 2047, 6.2), and as programs read that put a space where a line was folded.
    assert str(make_header(decode_header(sent.rpartition("<")[0]))).strip().strip('"') == wanted
    assert message["From"].addresses[0].display_name.split() == wanted.split()


def test_a_mail_speaks_the_language_of_its_reader(app: Flask, mail: MailBox) -> None:
    write(language="ar")
    deliver()
    html = mail.taken[0].get_body(("html",))
    assert html is not None
    assert 'lang="ar" dir="rtl"' in html.get_content()
    assert "Personne ne lit" not in html.get_content()


def test_a_mail_of_an_act_that_failed_never_leaves(app: Flask, mail: MailBox) -> None:
    def act() -> None:
        with transaction():
            write()
            raise RuntimeError("too bad")

    with pytest.raises(RuntimeError, match="too bad"):
        act()
    assert deliver() == Round()
    assert mail.taken == []


def test_without_a_server_mails_stay(app: Flask) -> None:
    notice_id = write()
    assert not any(anything_due(queue, queue.senders[0]) for queue in QUEUES)
    assert deliver() == Round()
    assert stored(notice_id).attempts == 0


def test_a_server_that_cannot_now_is_asked_again_later_and_later_then_the_mail_is_given_up(
    app: Flask, mail: MailBox
) -> None:
    mail.after_data = "451 amie@example.org comes too often"
    notice_id = write()
    now = TODAY
    for wait in BACK_OFF:
        with clock.frozen_everywhere(now):
            assert deliver() == Round(postponed=1)
            assert deliver() == Round(), "not before its time"
        assert now + wait * (1 - JITTER) <= stored(notice_id).due_at <= now + wait
        now += wait
    with clock.frozen_everywhere(now):
        assert deliver() == Round(given_up=1)
    given_up = stored(notice_id)
    assert (given_up.attempts, given_up.failed_at, given_up.sent_at) == (6, now, None)
    assert given_up.last_error == "SMTPDataError 451"
    with clock.frozen_everywhere(now + timedelta(days=1)):
        assert deliver() == Round()
    assert mail.taken == []


def test_a_mail_leaves_once_the_server_is_back(app: Flask, mail: MailBox) -> None:
    mail.after_data = "451 later"
    notice_id = write()
    deliver()
    mail.after_data = ""
    with clock.frozen_everywhere(TODAY + timedelta(minutes=1)):
        assert deliver() == Round(sent=1)
    assert stored(notice_id).last_error is None


def test_of_senders_who_found_the_same_mail_one_takes_it(
    app: Flask, mail: MailBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice_id = write()
    db.session.rollback()
    senders = ("one", "two", "three")
    queue = next(each for each in QUEUES if each.kind == "email" and not each.urgent)
    write_once_all_have_looked(monkeypatch, delivery, len(senders))
    rounds = at_once(app, *(partial(delivery.deliver, queue, sender) for sender in senders))
    assert sorted(rounds, key=repr) == [Round(), Round(), Round(sent=1)]
    assert len(mail.taken) == 1
    assert stored(notice_id).attempts == 1, "nobody else began"


def test_a_mailbox_that_does_not_exist_is_not_asked_twice(app: Flask, mail: MailBox) -> None:
    mail.refusal = "550 nobody here"
    notice_id = write()
    assert deliver() == Round(given_up=1)
    assert stored(notice_id).last_error == "SMTPRecipientsRefused 550"


def test_one_refused_mail_does_not_hold_the_next_one(app: Flask, mail: MailBox) -> None:
    mail.after_data = "451 later"
    first = write("un@example.org")
    deliver()
    mail.after_data = ""
    write("deux@example.org")
    assert deliver() == Round(sent=1)
    assert stored(first).sent_at is None


def test_a_server_that_is_not_there_costs_one_attempt_for_all(
    app: Flask, mail: MailBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    real = smtplib.SMTP.connect

    def connect(self: object, *where: object, **more: object) -> object:
        asked.append(where)
        return real(self, "127.0.0.1", 1)  # type: ignore[arg-type]

    monkeypatch.setattr(smtplib.SMTP, "connect", connect)
    ids = [write(f"a{number}@example.org") for number in range(3)]
    assert deliver() == Round(postponed=3)
    assert len(asked) == 1
    assert {stored(each).last_error for each in ids} == {"ConnectionRefusedError"}


def test_a_mail_with_a_link_loses_its_text_as_soon_as_it_left(app: Flask, mail: MailBox) -> None:
    notice_id = write(useful_until=TODAY + timedelta(minutes=30))
    deliver()
    assert stored(notice_id).text_body is None
    assert stored(notice_id).html_body is None
    assert len(mail.taken) == 1


def test_a_link_that_ended_is_not_sent(app: Flask, mail: MailBox) -> None:
    notice_id = write(useful_until=TODAY + timedelta(minutes=30))
    with clock.frozen_everywhere(TODAY + timedelta(minutes=31)):
        assert deliver() == Round(given_up=1)
    assert mail.taken == []
    assert (stored(notice_id).last_error, stored(notice_id).text_body) == ("TooLate", None)


def test_texts_and_addresses_are_erased_after_their_time(app: Flask, mail: MailBox) -> None:
    notice_id = write()
    deliver()
    waiting = write()
    with clock.frozen_everywhere(TODAY + timedelta(days=29)):
        assert erase_old() == 0
    with clock.frozen_everywhere(TODAY + timedelta(days=30)):
        assert erase_old() == 1
        assert erase_old() == 0
    gone = stored(notice_id)
    assert (gone.text_body, gone.html_body, gone.recipient) == (None, None, None)
    assert stored(waiting).text_body is not None


def test_what_a_restore_held_leaves_when_somebody_says_so_and_is_erased_when_nobody_does(
    app: Flask, mail: MailBox
) -> None:
    released, discarded, forgotten = write(), write(), write()
    with transaction() as session:
        assert hold_waiting(session) == 3
    assert deliver() == Round()
    listed = app.test_cli_runner().invoke(args=["notices", "list"]).output
    assert listed.startswith("0 waiting")
    assert listed.count("held, of") == 3
    assert app.test_cli_runner().invoke(args=["notices", "release"]).exit_code == 2
    app.test_cli_runner().invoke(args=["notices", "release", str(released)])
    app.test_cli_runner().invoke(args=["notices", "discard", str(discarded)])
    assert deliver() == Round(sent=1)
    gone = stored(discarded)
    assert (gone.recipient, gone.text_body, gone.last_error) == (None, None, "Discarded")
    with clock.frozen_everywhere(TODAY + timedelta(days=29)):
        assert erase_old() == 0
    with clock.frozen_everywhere(TODAY + timedelta(days=30)):
        erase_old()
    gone = stored(forgotten)
    assert (gone.recipient, gone.text_body, gone.failed_at is not None) == (None, None, True)


def test_a_mail_given_up_can_be_tried_again(app: Flask, session: Session, mail: MailBox) -> None:
    mail.refusal = "550 full"
    notice_id = write()
    deliver()
    mail.refusal = ""
    try_again(CommandLine(), notice_id)
    assert deliver() == Round(sent=1)
    assert session.execute(select(AuditEntry.action)).scalars().all() == ["notice.manage"]


@pytest.mark.parametrize(
    "subject", ["Deux\nlignes", "Bcc\r\nBcc: autre@example.org", "x" * 501, "caché\u202e"]
)
def test_a_subject_that_would_add_lines_to_the_head_is_refused(app: Flask, subject: str) -> None:
    with pytest.raises(BadHeader, match="BadHeader"), transaction() as session, written_in("fr"):
        write_mail(session, "amie@example.org", "fr", Letter(subject, ["Bonjour"]), topic=None)


@pytest.mark.parametrize(
    "recipient", ["a@example.org\nBcc: b@example.org", "a@example.org,b@example.org", "personne"]
)
def test_a_recipient_that_is_not_one_address_is_refused(app: Flask, recipient: str) -> None:
    with pytest.raises(BadEmail):
        write(recipient)


def test_the_password_of_the_server_is_not_shown() -> None:
    server = MailServer.from_url("smtps://moi:p%40ss@mail.example.org")
    assert (server.host, server.port, server.user, server.password) == (
        "mail.example.org",
        465,
        "moi",
        "p@ss",
    )
    assert "p@ss" not in repr(server)
