"""All jobs. Each may be run twice, or cut off in the middle, without harm."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask import Flask, current_app

from cdv_civic.access.retention import anything_to_do, keep_no_longer
from cdv_civic.access.ways_in.operations import forget_codes
from cdv_civic.bodies.draws.operations import forget_candidates
from cdv_civic.bodies.seats.operations import forget_former
from cdv_civic.bodies.voices.operations import erase_contacts
from cdv_civic.cards.operations import erase_sheets, sheets_to_erase
from cdv_civic.core import ledger
from cdv_civic.core.db import db
from cdv_civic.core.uploads import remove_orphans
from cdv_civic.jobs import lease
from cdv_civic.notices.operations import anything_due, deliver, erase_old
from cdv_civic.people.links import forget_old_links
from cdv_civic.people.sessions import forget_idle_sessions


@dataclass(frozen=True)
class Job:
    """Some work, how often it is done, and how long it may take before somebody else may begin it too."""

    name: str
    work: Callable[[], object]
    period: timedelta
    lasts: timedelta
    #: Asked first, so that a job with nothing to do writes nothing.
    wanted: Callable[[], bool] = lambda: True


JOBS: Final = (
    # What a process that was killed between its commit and its line left out.
    Job(
        "write-ledger",
        ledger.append_pending,
        timedelta(seconds=30),
        timedelta(minutes=5),
        ledger.anything_pending,
    ),
    Job("deliver", deliver, timedelta(seconds=5), timedelta(minutes=5), anything_due),
    Job("erase-mails", erase_old, timedelta(hours=6), timedelta(minutes=10)),
    Job("erase-contacts", erase_contacts, timedelta(hours=6), timedelta(minutes=10)),
    Job("forget-codes", forget_codes, timedelta(minutes=10), timedelta(minutes=5)),
    Job("forget-links", forget_old_links, timedelta(hours=6), timedelta(minutes=10)),
    Job("forget-sessions", forget_idle_sessions, timedelta(hours=1), timedelta(minutes=10)),
    Job("erase-card-sheets", erase_sheets, timedelta(minutes=1), timedelta(minutes=5), sheets_to_erase),
    Job("retention", keep_no_longer, timedelta(days=1), timedelta(hours=2), anything_to_do),
    Job("forget-candidates", forget_candidates, timedelta(hours=12), timedelta(minutes=10)),
    Job("forget-former-members", forget_former, timedelta(hours=12), timedelta(minutes=10)),
    Job("remove-orphans", remove_orphans, timedelta(hours=6), timedelta(minutes=30)),
)


def run(app: Flask, job: Job, *, now: bool = False) -> bool:
    """Do a job unless it is too soon (not with `now`) or somebody else does it; whether it was done.

    An error is written down, and the job is tried again after its period.
    """
    with app.app_context():
        try:
            if not now and not job.wanted():
                return False
            holder = lease.take(job.name, period=timedelta(0) if now else job.period, lasts=job.lasts)
            if holder is None:
                return False
            try:
                job.work()
            finally:
                db.session.rollback()
                lease.give_back(job.name, holder)
        except Exception as error:
            if now:
                raise
            # The kind of the error only: its words may hold what people wrote.
            current_app.logger.error("the job %s failed: %s", job.name, type(error).__name__)
            return False
        finally:
            db.session.remove()
    return True
