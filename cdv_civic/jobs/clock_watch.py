"""The watch over the clock: what is erased because its time has come is gone, so the time must be right.

The last moment at which the clock was seen to be right is when the job `watch-clock` last ended well. It fails where
the clock has leapt since: the moment stays until the clock is set right, or somebody says that it is (`accept`).
"""

from datetime import datetime
from typing import Final

from sqlalchemy import select, update

from cdv_civic.core import clock
from cdv_civic.core.audit import trail
from cdv_civic.core.database_clock import database_now
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.jobs.models import JobLease
from cdv_civic.jobs.rules import doubt_of

#: The job that calls `watch`.
NAME: Final = "watch-clock"


class ClockInDoubt(Exception):
    """Nobody knows what time it is; the message says why, and what to do."""


def _moments() -> tuple[datetime, datetime | None]:
    last = select(JobLease.finished_at).where(JobLease.name == NAME).scalar_subquery()
    databases, seen = db.session.execute(select(database_now(), last)).one()
    return databases, seen


def doubt() -> str | None:
    """Why the clock cannot be trusted, and what to do; None where it can. 1 statement."""
    databases, last = _moments()
    return doubt_of(clock.now(), databases, last, clock.leap())


def watch() -> None:
    """A job: to end well is to say that the clock was right. Raises `ClockInDoubt`."""
    said = doubt()
    if said is not None:
        raise ClockInDoubt(said)


def accept() -> datetime | None:
    """Take the database's clock as right, and leave a line in the audit trail; the moment, None without a doubt.

    Raises `ClockInDoubt` where it is this machine's clock that differs.
    """
    databases, last = _moments()
    differs = doubt_of(clock.now(), databases, None)
    if differs is not None:
        raise ClockInDoubt(differs)
    if last is None or doubt_of(clock.now(), databases, last) is None:
        return None
    db.session.rollback()
    with transaction() as session:
        session.execute(update(JobLease).where(JobLease.name == NAME).values(finished_at=database_now()))
        moments = [{"at": each.isoformat(timespec="minutes")} for each in (last, databases)]
        trail.record(
            session, CommandLine(), "clock.accept", "site", None, before=moments[0], after=moments[1]
        )
    return databases
