"""A process that is killed while it closes a consultation: all of the results are there, or nothing of them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.results.models import ConsultationPublication, ConsultationTally
from cdv_civic.consultations.results.operations import closing
from cdv_civic.core import clock
from cdv_civic.core.db import db
from tests.conftest import TODAY, PostgresServer, Site
from tests.consultations import factories as make
from tests.faults.processes import process

#: Dies, as by a power cut, when the second consultation is counted and its rows are written, before that is committed.
DIES = f"""
import os, signal
from datetime import UTC, datetime
from cdv_civic.app import create_app
from cdv_civic.core import clock
from cdv_civic.consultations.results.operations import closing
clock.now = lambda: datetime({TODAY:%Y, %-m, %-d, %-H}, tzinfo=UTC)
record, calls = closing.record, []
def dying(*values, **named):
    done = record(*values, **named)
    calls.append(1)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return done
closing.record = dying
with create_app().app_context():
    closing.close_consultations()
"""


@pytest.fixture
def running(tmp_path: Path, postgres: PostgresServer | None) -> Iterator[Site]:
    site = Site(tmp_path, postgres)
    with clock.frozen_everywhere(TODAY), site.app.app_context():
        yield site
        db.session.remove()
        db.engine.dispose()


def kept() -> tuple[int, int, int]:
    """Publications, tallies, consultations that are frozen."""
    db.session.rollback()
    counts = [
        db.session.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (ConsultationPublication, ConsultationTally)
    ]
    frozen = select(func.count()).where(Consultation.frozen_at.is_not(None))
    return (*counts, db.session.execute(frozen).scalar_one())  # type: ignore[return-value]


@pytest.mark.long
def test_a_process_that_is_killed_while_it_closes_leaves_all_or_nothing(running: Site) -> None:
    assert datetime(2026, 11, 20, 9, tzinfo=UTC) == TODAY
    for _each in range(3):
        consultation = make.make_consultation(stage="closed")
        question = make.make_question(make.make_step(consultation))
        make.make_answers(consultation, 30, choices={make.options_of(question)[0]: None})
    db.session.remove()
    with process(running, DIES) as dying:
        assert dying.wait(60) == -9
    assert kept() == (1, 1, 1)
    assert closing.close_consultations() == 2
    assert kept() == (3, 3, 3)
