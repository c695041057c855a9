"""A mail server that is tired, goes away or refuses one mailbox holds up what it must and nothing else."""

import dataclasses
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import create_engine, text, update

from cdv_civic.core import background, clock
from cdv_civic.core.db import BUSY_TIMEOUT_SECONDS, db, transaction
from cdv_civic.jobs import lease
from cdv_civic.jobs.models import JobLease
from cdv_civic.jobs.table import JOBS, run
from cdv_civic.notices import delivery, smtp
from cdv_civic.notices.delivery import Round
from cdv_civic.notices.models import Notice
from cdv_civic.notices.outcomes import Outcome
from cdv_civic.notices.queues import QUEUES
from cdv_civic.notices.rules import LONGEST_ATTEMPT, REPEAT_AFTER, NoticeState
from tests.conftest import TODAY, Site
from tests.mail_server import MailBox, deliver
from tests.notices.test_outbox import stored, write

HALF_AN_HOUR = timedelta(minutes=30)


def link(recipient: str = "lien@example.org") -> int:
    return write(recipient, useful_until=TODAY + HALF_AN_HOUR)


def letters(number: int) -> list[int]:
    return [write(f"a{each}@example.org") for each in range(number)]


def test_one_connection_takes_all_the_mails_of_a_round(app: Flask, mail: MailBox) -> None:
    letters(5)
    assert deliver() == Round(sent=5)
    assert mail.connections == 1


def test_a_server_that_takes_so_many_mails_on_one_connection_gets_the_rest_on_others(
    app: Flask, mail: MailBox
) -> None:
    mail.mails_per_connection = 2
    letters(5)
    assert deliver() == Round(sent=5)
    assert (mail.connections, len(mail.taken)) == (3, 5)


def test_a_server_that_closes_after_each_mail_gets_them_all_in_one_round(app: Flask, mail: MailBox) -> None:
    mail.closes_after_mail = True
    letters(4)
    assert deliver() == Round(sent=4)
    assert (mail.connections, set(mail.copies.values())) == (4, {1})


def test_a_mailbox_that_cannot_now_delays_its_own_mail_alone(app: Flask, mail: MailBox) -> None:
    mail.refusal, mail.refused = "450 come back later", {"a1@example.org"}
    first, delayed, last = letters(3)
    assert deliver() == Round(sent=2, postponed=1)
    assert [stored(each).state for each in (first, delayed, last)] == ["sent", "waiting", "sent"]
    assert mail.connections == 1


def test_a_letter_that_may_have_left_is_repeated_once_and_under_the_same_name(
    app: Flask, mail: MailBox
) -> None:
    mail.goes_away_after_dot = True
    notice_id = write()
    assert deliver() == Round(unknown=1)
    assert (stored(notice_id).state, stored(notice_id).failed_at) == (NoticeState.UNKNOWN, None)
    with clock.frozen_everywhere(TODAY + REPEAT_AFTER - timedelta(seconds=1)):
        assert deliver() == Round(), "not before its time"
    with clock.frozen_everywhere(TODAY + REPEAT_AFTER):
        assert deliver() == Round(unknown=1)
    with clock.frozen_everywhere(TODAY + timedelta(days=2)):
        assert deliver() == Round(), "not a third time"
    assert list(mail.copies.values()) == [2], "a server can drop the twin"
    assert (stored(notice_id).state, stored(notice_id).sent_at) == (NoticeState.UNKNOWN, None)
    assert stored(notice_id).failed_at == TODAY + REPEAT_AFTER


def test_a_link_that_may_have_left_is_not_repeated_and_its_text_goes(app: Flask, mail: MailBox) -> None:
    mail.goes_away_after_dot = True
    notice_id = link()
    assert deliver() == Round(unknown=1)
    with clock.frozen_everywhere(TODAY + timedelta(minutes=29)):
        assert deliver() == Round()
    assert len(mail.taken) == 1
    assert (stored(notice_id).failed_at, stored(notice_id).text_body) == (TODAY, None)


def test_a_server_that_never_answers_the_dot_may_have_the_mail(
    app: Flask, mail: MailBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "TIMEOUTS", dataclasses.replace(smtp.TIMEOUTS, ending=0.3))
    mail.seconds, mail.thinks_about = 5, {"a0@example.org"}
    first, second = letters(2)
    assert deliver() == Round(sent=1, unknown=1), "and holds nothing but that mail"
    assert stored(first).last_error == "TimeoutError"
    assert stored(second).sent_at == TODAY


def test_the_times_that_a_server_has_are_those_of_the_standard() -> None:
    assert dataclasses.astuple(smtp.Timeouts()) == (300.0, 120.0, 180.0, 600.0)
    assert LONGEST_ATTEMPT.total_seconds() > 6 * 300 + 120 + 180 + 600


def test_connections_that_break_one_after_the_other_are_not_opened_for_every_mail(
    app: Flask, mail: MailBox
) -> None:
    mail.goes_away_after_dot = True
    letters(6)
    assert deliver() == Round(unknown=3, postponed=3)
    assert mail.dots == 3


def test_a_lost_link_is_tried_again_after_seconds(app: Flask, mail: MailBox) -> None:
    mail.after_data = "451 later"
    link()
    assert deliver() == Round(postponed=1)
    mail.after_data = ""
    with clock.frozen_everywhere(TODAY + timedelta(seconds=15)):
        assert deliver() == Round(sent=1)


def test_a_message_dated_by_a_clock_that_was_wrong_leaves_all_the_same(app: Flask, mail: MailBox) -> None:
    write()
    with transaction() as session:
        session.execute(update(Notice).values(due_at=TODAY + timedelta(days=365)))
    assert deliver() == Round(sent=1)


def test_what_nobody_foresaw_ends_one_attempt_and_not_the_round(
    app: Flask, mail: MailBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = letters(2)
    real = smtp.message_of

    def broken(notice: Notice, *rest: object) -> object:
        if notice.id == first:
            raise KeyError("amie@example.org")
        return real(notice, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(smtp, "message_of", broken)
    assert deliver() == Round(sent=1, postponed=1)
    assert stored(first).last_error == "KeyError"
    assert stored(second).sent_at == TODAY


SENDER = next(job for job in JOBS if job.name == "send-mails-1")


def overtake() -> None:
    """Another process takes the lease: this one was suspended for too long."""
    with transaction() as session:
        session.execute(update(JobLease).values(token=JobLease.token + 1))


def in_another_thread(app: Flask, work: Callable[[], object]) -> Callable[[], None]:
    def done() -> None:
        with app.app_context():
            work()

    return done


def test_a_sender_that_was_overtaken_hands_nothing_over(
    app: Flask, mail: MailBox, caplog: pytest.LogCaptureFixture
) -> None:
    notice_id = write()
    mail.before_data = in_another_thread(app, overtake)
    assert not run(app, SENDER)
    assert "send-mails-1 was taken over" in caplog.text
    assert mail.taken == []
    mail.before_data = None
    with clock.frozen_everywhere(TODAY + lease.LASTS):
        assert run(app, SENDER)
    assert len(mail.taken) == 1
    assert (stored(notice_id).state, stored(notice_id).attempts) == (NoticeState.SENT, 1)


def test_what_the_server_said_is_believed_though_the_sender_was_overtaken_meanwhile(
    app: Flask, mail: MailBox
) -> None:
    notice_id = write()
    mail.seconds = 1.0

    def overtaken() -> None:
        overtake()
        assert stored(notice_id).state == NoticeState.SENDING
        delivery.deliver(QUEUES[1], "mails-1")
        assert stored(notice_id).state == NoticeState.UNKNOWN

    timer = threading.Timer(0.5, in_another_thread(app, overtaken))
    timer.start()
    run(app, SENDER)
    timer.join()
    assert (stored(notice_id).state, stored(notice_id).sent_at) == (NoticeState.SENT, TODAY)
    with clock.frozen_everywhere(TODAY + timedelta(days=1)):
        assert deliver() == Round()
    assert list(mail.copies.values()) == [1]


def test_what_a_sender_that_died_left_says_what_may_be_done(app: Flask, mail: MailBox) -> None:
    claimed, sending, of_another = letters(3)
    sent_link = link()
    with transaction() as session:
        for notice_id, state, sender in (
            (claimed, NoticeState.CLAIMED, "mails-1"),
            (sending, NoticeState.SENDING, "mails-1"),
            (of_another, NoticeState.SENDING, "mails-2"),
            (sent_link, NoticeState.SENDING, "links-1"),
        ):
            session.execute(
                update(Notice)
                .where(Notice.id == notice_id)
                .values(state=state, sender=sender, attempts=1, attempt_id="dead", claimed_at=TODAY)
            )
    assert deliver() == Round(sent=1)
    assert mail.recipients == ["a0@example.org"]
    assert (stored(claimed).attempts, stored(sending).state) == (1, NoticeState.UNKNOWN)
    assert stored(of_another).state == NoticeState.SENDING, "it may be at work"
    assert stored(sent_link).failed_at == TODAY
    with clock.frozen_everywhere(TODAY + timedelta(hours=1)):
        deliver()
    assert stored(of_another).state == NoticeState.UNKNOWN, "whoever it was"


@pytest.mark.long
def test_the_word_of_the_server_is_written_down_once_the_database_is_back(
    app: Flask, mail: MailBox, site: Site
) -> None:
    notice_id = write()
    db.session.remove()
    gone = threading.Event()
    real_send = smtp.SmtpConnection.send

    def send(self: smtp.SmtpConnection, notice: Notice, hand_over: Callable[[], bool]) -> Outcome:
        outcome = real_send(self, notice, hand_over)
        gone.set()
        assert locked.wait(10)
        return outcome

    locked = threading.Event()

    def lock_sqlite() -> None:
        engine = create_engine(site.settings.database_url)
        assert gone.wait(30)
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            locked.set()
            threading.Event().wait(BUSY_TIMEOUT_SECONDS + 2)
            connection.exec_driver_sql("ROLLBACK")
        engine.dispose()

    def close_postgres() -> None:
        assert site.postgres
        name = site.database
        assert gone.wait(30)
        with site.postgres.admin.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false"))
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
                {"name": name},
            )
            locked.set()
            threading.Event().wait(4)
            connection.execute(text(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true"))

    thread = threading.Thread(target=close_postgres if site.postgres else lock_sqlite)
    thread.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smtp.SmtpConnection, "send", send)
        assert delivery.deliver(QUEUES[1], "mails-1") == Round(sent=1)
    thread.join()
    assert stored(notice_id).sent_at == TODAY
    assert len(mail.taken) == 1


def test_out_of_a_job_nothing_is_fenced(app: Flask) -> None:
    assert background.goes_on()
    write()
