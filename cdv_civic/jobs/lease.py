"""Taking a job: one process at a time, and not sooner than its period."""

import secrets
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.jobs.models import JobLease


def take(name: str, *, period: timedelta, lasts: timedelta) -> str | None:
    """The name of our run of a job, or None: somebody does it, or did less than `period` ago."""
    now = clock.now()
    known = db.session.execute(
        select(JobLease.started_at, JobLease.expires_at).where(JobLease.name == name)
    ).first()
    db.session.rollback()  # end the reading transaction: writing begins one of its own
    if known is not None and (known[0] + period > now or known[1] > now):
        return None
    holder = secrets.token_hex(8)
    try:
        with transaction() as session:
            if known is None:
                session.add(JobLease(name=name, holder=holder, started_at=now, expires_at=now + lasts))
                session.flush()
                return holder
            taken = session.execute(
                update(JobLease)
                .where(JobLease.name == name, JobLease.started_at <= now - period, JobLease.expires_at <= now)
                .values(holder=holder, started_at=now, expires_at=now + lasts)
                .execution_options(synchronize_session=False)
            )
            return holder if taken.rowcount == 1 else None  # type: ignore[attr-defined]
    except IntegrityError:
        return None  # another process wrote the first row of this job


def give_back(name: str, holder: str) -> None:
    """End our run; nothing happens where the lease has passed to somebody else meanwhile."""
    with transaction() as session:
        session.execute(
            update(JobLease)
            .where(JobLease.name == name, JobLease.holder == holder)
            .values(expires_at=clock.now())
            .execution_options(synchronize_session=False)
        )
