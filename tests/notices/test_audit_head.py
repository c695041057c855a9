"""The head of the audit trail leaves the server every day, for those who keep it elsewhere."""

import dataclasses

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from cdv_civic.core.audit.check import head
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db
from cdv_civic.jobs.table import JOBS, run
from cdv_civic.notices.audit_head import head_is_wanted, mail_head
from tests import factories as make
from tests.core.audit.test_trail import record
from tests.mail_server import MailBox, deliver


@pytest.fixture
def readers(app: Flask, mail: MailBox, monkeypatch: pytest.MonkeyPatch) -> MailBox:
    settings = dataclasses.replace(
        app.extensions["settings"], audit_head_to=("dpo@example.org", "greffe@example.net")
    )
    monkeypatch.setitem(app.extensions, "settings", settings)
    return mail


def text_of(mail: MailBox) -> str:
    body = mail.taken[0].get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_both_readers_get_what_the_command_checks_later(
    app: Flask, readers: MailBox, session: Session
) -> None:
    person = make.make_account(organisation_name="Ville d’Orly")
    record(3)
    assert mail_head() == 2
    deliver()
    assert sorted(readers.recipients) == ["dpo@example.org", "greffe@example.net"]
    text, now = text_of(readers), head(session)
    assert now.short in text
    assert now.mark.hash in text
    assert "Lignes à ce jour : 3." in text
    assert "Le journal est entier" in text
    assert person.email not in text
    found = app.test_cli_runner().invoke(args=["audit", "verify", "--head", now.short])
    assert found.exit_code == 0


def test_a_trail_that_is_no_longer_whole_is_said_in_the_mail_and_in_the_log(
    app: Flask, readers: MailBox, caplog: pytest.LogCaptureFixture
) -> None:
    record(3)
    with db.engine.begin() as attacker:
        attacker.execute(update(AuditEntry).where(AuditEntry.id == 2).values(actor_id=5))
    mail_head()
    deliver()
    assert "Le journal n’est plus entier" in text_of(readers)
    assert "audit verify: the chain breaks at entry 2" in caplog.text


def test_it_leaves_once_a_day_and_only_where_it_was_asked_for(app: Flask, readers: MailBox) -> None:
    job = next(job for job in JOBS if job.name == "audit-head")
    record(1)
    assert run(app, job)
    assert not run(app, job), "too soon"
    deliver()
    assert len(readers.taken) == 2


def test_nobody_gets_it_unless_it_is_set(app: Flask, mail: MailBox) -> None:
    record(1)
    assert not head_is_wanted()
    assert mail_head() == 0


def test_a_trail_without_an_entry_says_nothing(app: Flask, readers: MailBox) -> None:
    assert mail_head() == 0
