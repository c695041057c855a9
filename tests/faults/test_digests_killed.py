"""A process that is killed while it writes the mails about work: each is written once, by whoever comes after."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.notices.models import Notice
from cdv_civic.work_list.models import WorkDigest
from cdv_civic.work_list.operations import send_digests
from tests.conftest import PostgresServer, Site
from tests.faults.processes import process
from tests.work_list.places import make_busy_place

#: Monday, 8 o'clock in Paris.
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
#: Dies, as by a power cut, when the third mail is in its transaction and before that is committed.
DIES = """
import os, signal
from datetime import UTC, datetime
from cdv_civic.app import create_app
from cdv_civic.core import clock
from cdv_civic.work_list import operations
clock.now = lambda: datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
write, calls = operations.write_digest, []
def dying(*values):
    written = write(*values)
    calls.append(1)
    if len(calls) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return written
operations.write_digest = dying
with create_app().app_context():
    operations.send_digests()
"""


@pytest.fixture
def running(tmp_path: Path, postgres: PostgresServer | None) -> Iterator[Site]:
    site = Site(tmp_path, postgres)
    with clock.frozen_everywhere(MONDAY), site.app.app_context():
        yield site
        db.session.remove()
        db.engine.dispose()


def written() -> tuple[int, int]:
    """How many mails, and to how many people."""
    db.session.rollback()
    digests = select(func.count(), func.count(Notice.recipient.distinct())).where(
        Notice.unsubscribe_url.is_not(None)
    )
    mails, people = db.session.execute(digests).one()
    return mails, people


@pytest.mark.long
def test_a_process_that_is_killed_in_the_middle_loses_and_doubles_no_mail(running: Site) -> None:
    make_busy_place()
    before = db.session.execute(select(func.count()).select_from(WorkDigest)).scalar_one()
    assert (before, written()) == (0, (0, 0))
    db.session.remove()
    with process(running, DIES) as dying:
        assert dying.wait(60) == -9
    assert written() == (2, 2)
    assert send_digests() == 3
    assert written() == (5, 5)
    assert send_digests() == 0
