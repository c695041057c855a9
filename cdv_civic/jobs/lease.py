"""Taking a job: one process at a time, and not sooner than it is due.

A lease is short and renewed while the work goes on. The database's clock times it, so that a process whose own is wrong
harms nobody; should that of the database itself have jumped, a moment further ahead than it can be is void.
"""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Final

from flask import Flask
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.core.background import Overtaken
from cdv_civic.core.database_clock import database_now
from cdv_civic.core.db import db, transaction
from cdv_civic.jobs.models import JobLease
from cdv_civic.jobs.rules import retry_after

#: How long a lease holds unless it is renewed: what a process that died delays its job by.
LASTS: Final = timedelta(seconds=30)
#: Seconds between two renewals: two of them may fail.
BEAT_SECONDS: Final = 10.0
#: By how much a clock that is set right may step back without harm to those who hold a lease.
_MARGIN: Final = timedelta(seconds=5)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Lease:
    """Our turn to do a job: good as long as the row holds this token."""

    name: str
    token: int

    @property
    def is_ours(self) -> ColumnElement[bool]:
        """The condition that all our writing depends on."""
        return and_(JobLease.name == self.name, JobLease.token == self.token)


def _may_be_taken(period: timedelta, *, at_once: bool) -> ColumnElement[bool]:
    free = or_(
        JobLease.expires_at <= database_now(),
        JobLease.expires_at > database_now(LASTS + _MARGIN),
    )
    if at_once:
        return free
    due = or_(JobLease.due_at <= database_now(), JobLease.due_at > database_now(period + _MARGIN))
    return and_(free, due)


def take(name: str, *, period: timedelta, at_once: bool = False) -> Lease | None:
    """Our turn, or None: somebody does the job, or it is not due yet (which `at_once` passes over)."""
    takeable = _may_be_taken(period, at_once=at_once)
    known = db.session.execute(
        select(JobLease.token, JobLease.failures, takeable).where(JobLease.name == name)
    ).first()
    db.session.rollback()  # end the reading transaction: writing begins one of its own
    if known is None:
        return _take_first(name, period)
    token, failures, may = known
    if not may:
        return None
    with transaction() as session:
        taken = session.execute(
            update(JobLease)
            .where(JobLease.name == name, JobLease.token == token, takeable)
            .values(token=token + 1, **_values_of_start(failures + 1, period))
            .execution_options(synchronize_session=False)
        )
    return Lease(name, token + 1) if taken.rowcount == 1 else None  # type: ignore[attr-defined]


def _take_first(name: str, period: timedelta) -> Lease | None:
    try:
        with transaction() as session:
            session.add(JobLease(name=name, token=1, **_values_of_start(1, period)))
            session.flush()
    except IntegrityError:
        return None  # another process wrote the first row of this job
    return Lease(name, 1)


def _values_of_start(failures: int, period: timedelta) -> dict[str, object]:
    """A run counts as failed until it ends well: should the process die, the next one comes as after an error."""
    return {
        "started_at": database_now(),
        "expires_at": database_now(LASTS),
        "due_at": database_now(retry_after(failures, period)),
        "failures": failures,
    }


def renew(lease: Lease) -> bool:
    """Hold the lease for `LASTS` from now on; False where it has passed to somebody else."""
    with transaction() as session:
        renewed = session.execute(
            update(JobLease)
            .where(lease.is_ours)
            .values(expires_at=database_now(LASTS))
            .execution_options(synchronize_session=False)
        )
    return bool(renewed.rowcount == 1)  # type: ignore[attr-defined]


def finish(lease: Lease, *, period: timedelta, error: str | None = None) -> None:
    """End our run; nothing happens where the lease has passed to somebody else meanwhile.

    Without an error the job is due a period after this run began, else as `rules.retry_after` says.
    """
    values: dict[str, object] = {"expires_at": database_now(), "last_error": error}
    with transaction() as session:
        row = session.execute(
            select(JobLease.started_at, JobLease.failures)
            .where(lease.is_ours)
            .with_for_update(key_share=True)
        ).first()
        if row is None:
            return
        if error is None:
            values |= {"failures": 0, "finished_at": database_now(), "due_at": row[0] + period}
        else:
            values["due_at"] = database_now(retry_after(row[1], period))
        session.execute(
            update(JobLease)
            .where(lease.is_ours)
            .values(**values)
            .execution_options(synchronize_session=False)
        )


class Heartbeat:
    """Renews a lease in a thread of its own for as long as the work inside `with` goes on, but `at_most` so long.

    Whoever holds it is a `core.background.Run`.
    """

    def __init__(
        self, app: Flask, lease: Lease, *, at_most: timedelta, ends: threading.Event, sure_of_time: bool
    ) -> None:
        self._app = app
        self._lease = lease
        self.sure_of_time = sure_of_time
        self._gives_up_at = time.monotonic() + at_most.total_seconds()
        self._good_until = time.monotonic() + LASTS.total_seconds()
        self._ends = ends
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"lease of {lease.name}", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._done.wait(BEAT_SECONDS) and time.monotonic() < self._gives_up_at:
            asked = time.monotonic()
            try:
                with self._app.app_context():
                    if not renew(self._lease):
                        self._good_until = 0.0
                        return
                self._good_until = asked + LASTS.total_seconds()
            except Exception as error:
                # The database is away: it is asked again, and the lease may run out meanwhile.
                _log.warning("the lease of %s was not renewed: %s", self._lease.name, type(error).__name__)

    def goes_on(self) -> bool:
        """Whether one more step may begin: the process is not ending, and the lease was renewed in time."""
        return not self._ends.is_set() and time.monotonic() < self._good_until

    def confirm(self, session: Session) -> None:
        """Lock the lease until the session's transaction ends; raise `Overtaken` where it is not ours."""
        locked = session.execute(select(JobLease.token).where(self._lease.is_ours).with_for_update(read=True))
        if locked.first() is None:
            raise Overtaken(self._lease.name)
