"""A clock that is wrong by a year erases nothing and gives nothing up; who looks after the site is told."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.results.operations.closing import consultations_to_close
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.database_clock import read_database_now
from cdv_civic.core.db import db
from cdv_civic.jobs import clock_watch
from cdv_civic.jobs.models import JobLease
from cdv_civic.jobs.table import JOBS, run
from tests.conftest import TODAY
from tests.consultations.factories import make_consultation
from tests.mail_server import MailBox
from tests.my_space.test_retention import make_resident, state
from tests.notices.test_outbox import stored, write

YEAR, DAY, HOUR = timedelta(days=365), timedelta(days=1), timedelta(hours=1)
ERASING = [job for job in JOBS if job.erases]


def do(app: Flask, name: str) -> bool:
    return run(app, next(job for job in JOBS if job.name == name))


def last_seen_right() -> object:
    db.session.rollback()
    return db.session.execute(select(JobLease.finished_at).where(JobLease.name == clock_watch.NAME)).scalar()


def test_jobs_that_erase_are_all_that_do() -> None:
    spared = {job.name for job in JOBS if not job.erases and not job.name.startswith("send-")}
    assert spared == {
        "watch-clock",
        "write-ledger",
        "watch-messages",
        "index-anew",
        "forget-counters",
        "audit-head",
        "write-digests",
        "write-reminders",
        "overwrite-erased",
        "make-cards",
        "tell-who-answered",
        "count-answers",
        "count-supports",
    }


def test_after_a_leap_of_a_year_nobody_is_warned_and_nothing_erased_until_somebody_says_that_the_clock_is_right(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    account = make_resident()
    assert do(app, "watch-clock")
    with clock.frozen_everywhere(TODAY + 3 * YEAR):
        for _ in range(2):  # what was tried leaves no moment that counts
            for job in ERASING:
                run(app, job)
            assert not do(app, "watch-clock")
        assert last_seen_right() == TODAY
        assert "the job retention is not done: the clock says 2029-11-19 09:00" in caplog.text
        assert state(db.session(), account) == (False, False)
        said = client.get("/pret")
        assert said.status_code == 503
        assert said.json is not None
        assert "flask jobs accept-clock" in said.json["clock"]
        once = app.test_cli_runner().invoke(args=["jobs", "once"])
        assert once.exit_code == 1
        assert "retention: not done" in once.output
        accepted = app.test_cli_runner().invoke(args=["jobs", "accept-clock"])
        assert accepted.output == "accepted: it is 2029-11-19 09:00 (UTC)\n"
        assert app.test_cli_runner().invoke(args=["jobs", "accept-clock"]).exit_code == 1, "nothing to accept"
        assert run(app, next(job for job in JOBS if job.name == "retention"), now=True)
        assert state(db.session(), account) == (True, False), "the letter is written, and the time begins"
        entry = db.session.execute(select(AuditEntry).where(AuditEntry.action == "clock.accept")).scalar_one()
        assert (entry.before, entry.after) == (
            {"at": "2026-11-20T09:00+00:00"},
            {"at": "2029-11-19T09:00+00:00"},
        )


def test_a_clock_that_is_set_right_again_is_trusted_again(app: Flask) -> None:
    do(app, "watch-clock")
    for wrong in (YEAR, -YEAR):
        with clock.frozen_everywhere(TODAY + wrong):
            assert not do(app, "watch-clock")
    with clock.frozen_everywhere(TODAY + timedelta(minutes=6)):
        assert clock_watch.doubt() is None
        assert do(app, "watch-clock")


def test_after_a_leap_messages_leave_and_none_is_given_up_for_being_late(app: Flask, mail: MailBox) -> None:
    do(app, "watch-clock")
    late = write("a@example.org", useful_until=TODAY + timedelta(days=7))
    letter = write("b@example.org")
    with clock.frozen_everywhere(TODAY + YEAR):
        do(app, "send-mails-1")
    assert mail.recipients == ["b@example.org"]
    assert (stored(letter).state, stored(late).state) == ("sent", "waiting")
    with clock.frozen_everywhere(TODAY + timedelta(hours=1)):
        do(app, "send-mails-1")
    assert mail.recipients == ["b@example.org", "a@example.org"]


def test_a_machine_whose_clock_is_not_the_databases_erases_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: read_database_now(db.session()) + YEAR)
    assert not do(app, "erase-mails")
    assert "minutes apart" in str(clock_watch.doubt())
    refused = app.test_cli_runner().invoke(args=["jobs", "accept-clock"])
    assert refused.exit_code == 1
    assert "minutes apart" in refused.output


def test_a_clock_that_is_set_ahead_by_a_day_closes_no_consultation_and_goes_on_once_it_is_right(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    consultation = make_consultation(stage="open", closes_at=TODAY + HOUR, paper_until=TODAY + HOUR)
    assert do(app, "watch-clock")
    began, then = clock.BEGAN
    with clock.frozen_everywhere(TODAY + DAY), monkeypatch.context() as set_ahead:
        set_ahead.setattr(clock, "BEGAN", (began - DAY, then))
        assert not do(app, "close-consultations")
        assert not do(app, "watch-clock")
        assert "close-consultations is not done: the clock of this machine was set ahead by 14" in caplog.text
        said = client.get("/pret")
        assert said.json is not None
        assert "restart the site" in said.json["clock"]
    assert not consultations_to_close()
    with clock.frozen_everywhere(TODAY + 2 * HOUR):
        assert do(app, "close-consultations")
    db.session.rollback()
    assert db.session.get_one(Consultation, consultation.id, populate_existing=True).frozen_at is not None
