"""Several processes, one run at a time; and each job may be run twice."""

import dataclasses
import os
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.orphans import remove_orphans
from cdv_civic.core.uploads import StoredFile, store
from cdv_civic.jobs import lease, start
from cdv_civic.jobs.table import JOBS, Job, run
from cdv_civic.people.links import Purpose, forget_old_links, issue
from cdv_civic.people.models import AccountLink
from tests.conftest import TODAY
from tests.mail_server import MailBox
from tests.notices.test_outbox import stored, write

MINUTE = timedelta(minutes=1)


def take(lasts: timedelta = 5 * MINUTE) -> str | None:
    return lease.take("essai", period=MINUTE, lasts=lasts)


def test_a_job_is_taken_once_in_its_period(app: Flask) -> None:
    holder = take()
    assert holder is not None
    assert take() is None
    lease.give_back("essai", holder)
    assert take() is None, "too soon"
    with clock.frozen_everywhere(TODAY + MINUTE):
        assert take() is not None


def test_a_run_that_goes_on_is_left_alone_and_a_dead_one_is_replaced(app: Flask) -> None:
    first = take()
    assert first is not None
    with clock.frozen_everywhere(TODAY + 4 * MINUTE):
        assert take() is None
    with clock.frozen_everywhere(TODAY + 5 * MINUTE):
        second = take()
        assert second is not None
        lease.give_back("essai", first)  # it was only slow
        assert take() is None, "the lease is the second one's"


@pytest.mark.parametrize("known", [False, True])
def test_of_many_threads_one_does_the_job(app: Flask, known: bool) -> None:
    if known:
        with clock.frozen_everywhere(TODAY - timedelta(hours=1)):
            lease.give_back("essai", take() or "")
    done: list[int] = []
    ready = threading.Barrier(12)

    def work() -> None:
        done.append(1)
        time.sleep(0.2)

    job = Job("essai", work, MINUTE, 5 * MINUTE)
    answers: list[bool] = []

    def process() -> None:
        ready.wait()
        answers.append(run(app, job))

    threads = [threading.Thread(target=process) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    assert sorted(answers) == [False] * 11 + [True]


def test_mails_leave_once_whatever_the_number_of_processes(app: Flask, mail: MailBox) -> None:
    for number in range(10):
        write(f"a{number}@example.org")
    deliver = next(job for job in JOBS if job.name == "deliver")
    threads = [threading.Thread(target=run, args=(app, deliver)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mail.recipients) == sorted(f"a{number}@example.org" for number in range(10))


def test_a_job_that_fails_is_written_down_without_its_words_and_tried_again(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ValueError("amie@example.org")

    job = Job("essai", fail, MINUTE, 5 * MINUTE)
    assert not run(app, job)
    assert "the job essai failed: ValueError" in caplog.text
    assert "amie@" not in caplog.text
    with clock.frozen_everywhere(TODAY + MINUTE):
        assert take() is not None


def test_the_scheduler_sends_a_mail_by_itself(app: Flask, mail: MailBox) -> None:
    notice_id = write()
    scheduler = start(app)
    assert scheduler is not None
    try:
        deadline = time.monotonic() + 20
        while not mail.taken and time.monotonic() < deadline:
            time.sleep(0.1)
    finally:
        scheduler.shutdown(wait=True)
    assert len(mail.taken) == 1
    assert stored(notice_id).sent_at is not None


def test_jobs_can_be_turned_off(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        app.extensions, "settings", dataclasses.replace(app.extensions["settings"], jobs=False)
    )
    assert start(app) is None
    refused = app.test_cli_runner().invoke(args=["jobs", "run"])
    assert refused.exit_code == 1
    assert "JOBS is 0" in refused.output


def test_the_command_does_each_job_now(app: Flask, mail: MailBox) -> None:
    write()
    for _ in range(2):
        result = app.test_cli_runner().invoke(args=["jobs", "once"])
        assert result.exit_code == 0, result.output
        assert result.output.count(": done") == len(JOBS)
    assert len(mail.taken) == 1


def test_files_that_no_row_names_are_taken_away_after_a_day(app: Flask) -> None:
    place = store()
    key, orphan, young = "a1" * 16, "b2" * 16, "c3" * 16
    for each in (key, orphan, young):
        place.save(f"{each}.pdf", b"%PDF-")
    root = Path(app.extensions["settings"].data_dir) / "files"
    unfinished = root / "b2" / f".{orphan}-400.jpg.0badcafe"
    unfinished.write_bytes(b"half")
    old = (TODAY - timedelta(days=1, minutes=1)).timestamp()
    for path in (root / "a1" / f"{key}.pdf", root / "b2" / f"{orphan}.pdf", unfinished):
        os.utime(path, (old, old))
    os.utime(root / "c3" / f"{young}.pdf", (TODAY.timestamp() - 3600,) * 2)
    with transaction() as session:
        session.add(StoredFile(kind="pdf", key=key, size=5, width=None, height=None, stored_at=TODAY))
    assert remove_orphans() == 2
    assert remove_orphans() == 0
    assert not unfinished.exists()
    left = sorted(path.name for path in root.glob("??/*") if path.name[:32] in (key, orphan, young))
    assert left == [f"{key}.pdf", f"{young}.pdf"]


def test_old_links_are_forgotten(app: Flask) -> None:
    with transaction() as session:
        issue(session, None, Purpose.PASSWORD)
        issue(session, None, Purpose.INVITATION)
    with clock.frozen_everywhere(TODAY + timedelta(days=2)):
        assert forget_old_links() == 1
    assert db.session.execute(select(AccountLink.purpose)).scalars().all() == ["invitation"]
