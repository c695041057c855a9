"""Whatever happens to those who send, to the server or to a clock: a link is not late, and a letter comes once."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import select, text

from cdv_civic.core.db import db, transaction
from cdv_civic.notices.models import Notice
from tests.conftest import Site
from tests.factories import make_notice
from tests.faults.processes import (
    A_YEAR_AHEAD,
    DO_THE_JOBS,
    MAILS,
    process,
    wait_until,
)
from tests.gunicorn_server import gunicorn
from tests.mail_server import MailBox, mail_server
from tests.notices.test_outbox import stored, write

pytestmark = pytest.mark.long
ROUNDS = 30


@pytest.fixture
def running(site: Site) -> Iterator[Site]:
    """A site whose clock runs: what is timed here is real."""
    site.empty()
    with site.app.app_context():
        yield site
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def server() -> Iterator[MailBox]:
    with mail_server() as box:
        yield box


def link(recipient: str = "lien@example.org") -> int:
    return write(recipient, useful_until=datetime.now(UTC) + timedelta(minutes=30))


def rows(statement: str) -> list[tuple[object, ...]]:
    with db.engine.begin() as connection:
        result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def test_a_process_whose_clock_is_a_year_ahead_stops_no_mail(running: Site, server: MailBox) -> None:
    write_and_work = (
        A_YEAR_AHEAD
        + """
from app import app
with app.app_context():
    from tests.notices.test_outbox import write
    write("dated@example.org")
"""
        + DO_THE_JOBS
    )
    with process(running, write_and_work, SMTP_URL="smtp://127.0.0.1:1"):
        assert wait_until(lambda: bool(rows("SELECT 1 FROM notice WHERE attempts > 0")))
    link()
    with process(running, DO_THE_JOBS, SMTP_URL=server.url):
        assert wait_until(lambda: "lien@example.org" in server.recipients)


def test_a_server_that_answers_after_20_seconds_gets_one_copy(running: Site, server: MailBox) -> None:
    server.seconds = 20
    notice_id = write()
    with process(running, DO_THE_JOBS, SMTP_URL=server.url):
        assert wait_until(lambda: stored(notice_id).sent_at is not None, 90), stored(notice_id).last_error
    assert (server.dots, stored(notice_id).attempts) == (1, 1)


def test_a_link_does_not_wait_behind_a_letter_or_a_link_about_which_the_server_thinks(
    running: Site, server: MailBox
) -> None:
    server.seconds, server.thinks_about = 3600, {"un@example.org", "deux@example.org"}
    write("un@example.org"), link("deux@example.org")
    with process(running, DO_THE_JOBS, SMTP_URL=server.url):
        assert wait_until(lambda: server.dots == 2)
        link()
        started = time.monotonic()
        assert wait_until(lambda: "lien@example.org" in server.recipients)
        assert time.monotonic() - started < 30


def test_a_gateway_that_never_ends_its_answer_holds_no_mail(running: Site, server: MailBox) -> None:
    class Drip(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            asked.set()
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not over.wait(1):
                try:
                    self.wfile.write(b"X-Wait: yes\r\n")
                except OSError:
                    return

        def log_message(self, *_args: object) -> None:
            pass

    asked, over = threading.Event(), threading.Event()
    gateway = ThreadingHTTPServer(("127.0.0.1", 0), Drip)
    threading.Thread(target=gateway.serve_forever, args=(0.05,), daemon=True).start()
    try:
        make_notice(kind="sms", recipient="+33612345678", subject="")
        url = f"http://127.0.0.1:{gateway.server_address[1]}/"
        with process(running, DO_THE_JOBS, SMTP_URL=server.url, SMS_URL=url):
            assert asked.wait(60)
            write()
            assert wait_until(lambda: bool(server.taken), 30)
    finally:
        over.set()
        gateway.shutdown()
        gateway.server_close()


def test_a_sender_that_is_killed_delays_the_links_by_less_than_a_minute(
    running: Site, server: MailBox
) -> None:
    server.seconds, server.thinks_about = 3600, {f"lent-{number}@example.org" for number in range(3)}
    for recipient in sorted(server.thinks_about):
        link(recipient)
    with process(running, DO_THE_JOBS, SMTP_URL=server.url) as sender:
        assert wait_until(lambda: server.dots == 3), "every connection for links is taken"
        link()
        sender.send_signal(signal.SIGKILL)
        sender.wait()
        killed = time.monotonic()
    with process(running, DO_THE_JOBS, SMTP_URL=server.url):
        assert wait_until(lambda: "lien@example.org" in server.recipients, 90)
    assert time.monotonic() - killed < 60
    assert server.dots == 4, "a link that may have left is not repeated"


def test_a_sender_that_sleeps_and_wakes_again_hands_nothing_over_that_another_took(
    running: Site, server: MailBox
) -> None:
    notice_id = write()
    with process(running, DO_THE_JOBS, SMTP_URL=server.url) as sleeper:

        def sleep() -> None:
            server.before_data = None
            # No other job of it holds SQLite's only write lock then: it would keep it for as long as it sleeps.
            with running.app.app_context(), transaction():
                sleeper.send_signal(signal.SIGSTOP)
                time.sleep(0.1)

        server.before_data = sleep
        assert wait_until(lambda: stored(notice_id).state == "claimed" and server.before_data is None)
        with process(running, DO_THE_JOBS, SMTP_URL=server.url):
            assert wait_until(lambda: stored(notice_id).state == "sent", 90)
            sleeper.send_signal(signal.SIGCONT)
            time.sleep(3)
    assert list(server.copies.values()) == [1]
    assert server.dots == 1


def test_a_process_that_is_told_to_end_still_hands_over_what_it_has_begun(
    running: Site, server: MailBox
) -> None:
    server.seconds = 3
    ids = [write(f"a{number}@example.org") for number in range(6)]
    with process(running, DO_THE_JOBS, SMTP_URL=server.url) as sender:
        # Two connections may end a mail at once: the second is not always seen alone.
        assert wait_until(lambda: server.dots >= 2)
        sender.send_signal(signal.SIGTERM)
        assert sender.wait(30) == 0
    states = Counter(stored(each).state for each in ids)
    begun = server.dots
    assert states == {"sent": begun, "waiting": len(ids) - begun}
    assert begun < len(ids), "it begins nothing more"


def test_of_a_sender_killed_again_and_again_nothing_is_lost_and_nothing_comes_twice(
    running: Site, server: MailBox, tmp_path: Path
) -> None:
    chance = random.Random(7)
    server.seconds = 0.05
    links, letters = [], []
    kills = 0
    with gunicorn(running.settings, tmp_path, **MAILS, SMTP_URL=server.url) as site:
        for number in range(ROUNDS):
            letters += [write(f"lettre-{number}-{each}@example.org") for each in range(4)]
            links += [link(f"lien-{number}-{each}@example.org") for each in range(2)]
            dots = server.dots
            assert wait_until(lambda dots=dots: server.dots > dots)  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.4))
            for child in site.workers:
                os.kill(child, signal.SIGKILL)
                kills += 1
            # As if the 30 seconds of their leases were over.
            rows("UPDATE job_lease SET expires_at = started_at")
        assert kills >= ROUNDS

        # And as if the half hour before a letter of an unknown fate is repeated were over.
        def over() -> bool:
            rows("UPDATE notice SET due_at = created_at WHERE state = 'unknown' AND failed_at IS NULL")
            return not rows("SELECT 1 FROM notice WHERE sent_at IS NULL AND failed_at IS NULL")

        assert wait_until(over, 120)
    db.session.rollback()
    notices = {notice.id: notice for notice in db.session.execute(select(Notice)).scalars()}
    copies = {notice.id: server.copies[f"<{notice.key}@example.org>"] for notice in notices.values()}
    ends = Counter(notice.state for notice in notices.values())
    assert set(ends) <= {"sent", "unknown"}, ends
    for each in links:
        assert copies[each] <= 1, "a link is never sent twice"
        assert copies[each] == 1 or notices[each].unknown_attempts == 1
    for each in letters:
        may_be_two = notices[each].unknown_attempts > 0
        assert 1 <= copies[each] <= 1 + may_be_two or notices[each].unknown_attempts == 2, notices[
            each
        ].last_error
    assert sum(copies.values()) == len(server.taken)
    print(f"{kills} kills, {len(server.taken)} mails taken, {ends}, {Counter(copies.values())}")
