"""Several processes, one run at a time; and each job may be run twice."""

import dataclasses
import os
import re
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from cdv_civic.accounts.links import Purpose, forget_old_links, issue
from cdv_civic.accounts.models import AccountLink
from cdv_civic.core import background, clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.settings import ROOT
from cdv_civic.core.uploads.orphans import remove_orphans
from cdv_civic.core.uploads.stored_files import StoredFile, store
from cdv_civic.jobs import lease
from cdv_civic.jobs import scheduler as scheduling
from cdv_civic.jobs.models import JobLease
from cdv_civic.jobs.queries import last_beats
from cdv_civic.jobs.rules import Beat, late
from cdv_civic.jobs.scheduler import start
from cdv_civic.jobs.table import JOBS, Job, run
from cdv_civic.notices.models import Notice
from tests.conftest import TODAY
from tests.mail_server import MailBox
from tests.notices.test_outbox import stored, write
from tests.races import at_once, write_once_all_have_looked

MINUTE = timedelta(minutes=1)


def take() -> lease.Lease | None:
    return lease.take("essai", period=MINUTE)


def finish(taken: lease.Lease | None, error: str | None = None) -> None:
    assert taken is not None
    lease.finish(taken, period=MINUTE, error=error)


def test_a_job_is_taken_once_in_its_period(app: Flask) -> None:
    taken = take()
    assert taken is not None
    assert take() is None
    finish(taken)
    assert take() is None, "too soon"
    with clock.frozen_everywhere(TODAY + MINUTE):
        assert take() is not None


def test_a_run_that_goes_on_is_left_alone_and_a_dead_one_is_replaced(app: Flask) -> None:
    first = take()
    assert first is not None
    with clock.frozen_everywhere(TODAY + timedelta(seconds=25)):
        assert lease.renew(first)
    with clock.frozen_everywhere(TODAY + timedelta(seconds=54)):
        assert take() is None
    with clock.frozen_everywhere(TODAY + timedelta(seconds=55)):
        second = take()
        assert second == lease.Lease("essai", first.token + 1)
        assert not lease.renew(first), "it was only slow"
    for seconds in (80, 105):
        with clock.frozen_everywhere(TODAY + timedelta(seconds=seconds)):
            assert lease.renew(second)
    with clock.frozen_everywhere(TODAY + timedelta(seconds=120)):
        finish(first)
        assert take() is None, "it is due again, and the second one goes on"
        finish(second)
        assert take() is not None


def dated(**values: timedelta) -> None:
    with transaction() as session:
        session.execute(update(JobLease).values(**{name: TODAY + later for name, later in values.items()}))


def test_a_lease_further_ahead_than_one_can_be_is_void(app: Flask) -> None:
    finish(take())
    year = timedelta(days=365)
    dated(started_at=year, expires_at=year, due_at=year)
    assert take() is not None, "the database's clock was wrong, and somebody set it right"


def test_a_lease_dated_by_a_clock_that_steps_back_a_little_holds(app: Flask) -> None:
    take()
    with clock.frozen_everywhere(TODAY - timedelta(seconds=3)):
        assert take() is None


def test_the_lease_of_work_that_takes_long_is_renewed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "BEAT_SECONDS", 0.05)
    later = TODAY + timedelta(seconds=25)
    seen: list[datetime] = []

    def work() -> None:
        with clock.frozen_everywhere(later):
            for _ in range(200):
                db.session.rollback()
                seen[:] = [db.session.execute(select(JobLease.expires_at)).scalar_one()]
                if seen == [later + lease.LASTS]:
                    break
                time.sleep(0.1)

    assert run(app, Job("essai", work, MINUTE, 5 * MINUTE))
    assert seen == [later + lease.LASTS]


def test_work_that_never_ends_loses_its_lease(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(lease, "LASTS", timedelta(seconds=3))
    went_on: list[bool] = []

    def work() -> None:
        went_on.append(background.goes_on())
        for _ in range(200):
            if not background.goes_on():
                break
            time.sleep(0.1)
        went_on.append(background.goes_on())

    run(app, Job("essai", work, MINUTE, timedelta(seconds=3)))
    assert went_on == [True, False]


def test_a_run_ends_with_its_work_and_not_with_the_time_it_may_take(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "BEAT_SECONDS", 60.0)
    begun = time.monotonic()
    assert run(app, Job("essai", lambda: None, MINUTE, timedelta(seconds=30)))
    assert time.monotonic() - begun < 30


def test_a_run_that_was_overtaken_writes_nothing(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def work() -> None:
        with app.app_context(), background.unfenced(), transaction() as session:
            session.execute(update(JobLease).values(token=JobLease.token + 1))
        write()

    assert not run(app, Job("essai", work, MINUTE, MINUTE))
    assert "the job essai was taken over by another process" in caplog.text
    db.session.rollback()
    assert db.session.execute(select(Notice.id)).first() is None


@pytest.mark.parametrize("known", [False, True])
def test_of_many_threads_one_does_the_job(app: Flask, known: bool) -> None:
    if known:
        with clock.frozen_everywhere(TODAY - timedelta(hours=1)):
            finish(take())
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


@pytest.mark.parametrize("known", [False, True])
def test_of_those_who_find_a_job_free_at_the_same_moment_one_takes_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    if known:
        with clock.frozen_everywhere(TODAY - timedelta(hours=1)):
            finish(take())
    db.session.rollback()
    write_once_all_have_looked(monkeypatch, lease, 4)
    taken = at_once(app, *[take] * 4)
    assert sorted(taken, key=repr) == [lease.Lease("essai", 2 if known else 1), None, None, None]


def test_mails_leave_once_whatever_the_number_of_processes(app: Flask, mail: MailBox) -> None:
    for number in range(10):
        write(f"a{number}@example.org")
    senders = [job for job in JOBS if job.name.startswith("send-mails-")] * 3
    threads = [threading.Thread(target=run, args=(app, job)) for job in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mail.recipients) == sorted(f"a{number}@example.org" for number in range(10))


def test_a_job_that_fails_is_written_down_without_its_words_and_tried_again_before_its_period(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    address = "amie@example.org"

    def fail() -> None:
        raise ValueError(address)

    hour = timedelta(hours=1)
    job = Job("essai", fail, hour, 5 * MINUTE)
    assert not run(app, job)
    assert "the job essai failed: ValueError" in caplog.text
    assert "in fail" in caplog.text, "where"
    assert "amie@" not in caplog.text
    for moment, failures in ((30, 2), (150, 3)):
        with clock.frozen_everywhere(TODAY + timedelta(seconds=moment - 1)):
            assert lease.take("essai", period=hour) is None
        with clock.frozen_everywhere(TODAY + timedelta(seconds=moment)):
            run(app, job)
        row = db.session.execute(select(JobLease)).scalar_one()
        assert (row.failures, row.last_error, row.finished_at) == (failures, "ValueError", None)
        db.session.rollback()
    well = Job("essai", lambda: None, hour, 5 * MINUTE)
    with clock.frozen_everywhere(TODAY + hour):
        assert run(app, well)
        assert not run(app, well), "its period holds again"
        row = db.session.execute(select(JobLease)).scalar_one()
    assert (row.failures, row.last_error, row.finished_at) == (0, None, TODAY + hour)


def test_a_run_that_died_counts_as_one_that_failed(app: Flask) -> None:
    hour = timedelta(hours=1)
    lease.take("essai", period=hour)
    with clock.frozen_everywhere(TODAY + lease.LASTS):
        assert lease.take("essai", period=hour) is not None


def test_the_beats_of_all_jobs_can_be_read(
    app: Flask, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    def beat(name: str) -> Beat:
        db.session.rollback()
        return next(each for each in last_beats() if each.name == name)

    with count_statements() as statements:
        assert [each.name for each in last_beats()] == [job.name for job in JOBS]
    assert len(statements) == 1
    assert late(beat("erase-mails"), TODAY), "it was never done"
    erase = next(job for job in JOBS if job.name == "erase-mails")
    run(app, erase)
    done = beat("erase-mails")
    assert (done.finished_at, done.failures, done.running, done.on_demand) == (TODAY, 0, False, False)
    assert not late(done, TODAY + 2 * erase.period)
    assert late(done, TODAY + 2 * erase.period + 11 * MINUTE)
    with clock.frozen_everywhere(TODAY + erase.period):
        lease.take("erase-mails", period=erase.period)
        assert (beat("erase-mails").running, beat("erase-mails").failures) == (True, 0)
    with clock.frozen_everywhere(TODAY + erase.period + lease.LASTS):
        assert (beat("erase-mails").running, beat("erase-mails").failures) == (False, 1)


def test_the_threads_of_a_scheduler_are_bounded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    at_work: list[str] = []

    def hold(_app: Flask, job: Job, **_more: object) -> None:
        at_work.append(threading.current_thread().name)
        over.wait(20)

    monkeypatch.setattr(scheduling, "run", hold)
    monkeypatch.setattr(scheduling, "_FIRST_LOOK_SECONDS", 0.1)
    scheduler = start(app)
    assert scheduler is not None
    try:
        senders = sum(job.waits for job in JOBS)
        deadline = time.monotonic() + 10
        while len(at_work) < senders + scheduling.THREADS and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)
        assert len(set(at_work)) == len(at_work) == senders + scheduling.THREADS
    finally:
        over.set()
        scheduler.shutdown(wait=True)


def test_a_process_that_ends_begins_no_further_message(app: Flask, mail: MailBox) -> None:
    ends = threading.Event()
    mail.before_data = ends.set
    for number in range(3):
        write(f"a{number}@example.org")
    run(app, next(job for job in JOBS if job.name == "send-mails-1"), ends=ends)
    assert len(mail.taken) == 1


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


def test_one_that_fails_keeps_no_other_waiting(caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []

    def act(number: int) -> int:
        if number == 2:
            raise ValueError("zoubida@example.org")
        done.append(number)
        return 10

    with pytest.raises(ValueError, match="zoubida"):
        background.one_by_one("telling of thing", [1, 2, 3], act)
    assert done == [1, 3]
    assert "telling of thing 2 failed: ValueError" in caplog.text
    assert "zoubida" not in caplog.text
    assert background.one_by_one("telling of thing", [1, 3], act) == 20


def test_a_process_that_was_overtaken_begins_nothing_more() -> None:
    done: list[int] = []

    def act(number: int) -> int:
        done.append(number)
        raise background.Overtaken("telling")

    with pytest.raises(background.Overtaken):
        background.one_by_one("telling of thing", [1, 2], act)
    assert done == [1]


def test_every_job_stands_in_the_page_for_operators() -> None:
    page = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    names = {re.sub(r"-\d$", "", job.name) for job in JOBS}
    assert [name for name in sorted(names) if f"| `{name}" not in page] == []
