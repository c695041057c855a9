"""What work in the background may ask of whoever runs it, and what it cannot escape: the fence.

Whoever runs a job holds a lease that may pass to another process, when this one was suspended, say, or cut off from
the database. Inside `running`, each commit first makes sure that the lease is still ours: a run that was overtaken
writes nothing any more.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, Protocol

from sqlalchemy import event
from sqlalchemy.orm import Session

from cdv_civic.core.db import db


class Overtaken(Exception):
    """Another process has taken the job over: nothing of ours may be written."""


class Run(Protocol):
    """One run of a job."""

    def goes_on(self) -> bool:
        """Whether there is time for one more step: false once the process ends or the lease is not renewed."""

    @property
    def sure_of_time(self) -> bool:
        """Whether the clock was right when the run began."""

    def confirm(self, session: Session) -> None:
        """Keep the lease from passing on until the session's transaction ends; raise `Overtaken` if it has."""


_log = logging.getLogger(__name__)
_current: Final[ContextVar[Run | None]] = ContextVar("run", default=None)


def goes_on() -> bool:
    """Whether long work shall begin its next step; always, where nobody runs it as a job."""
    run = _current.get()
    return run is None or run.goes_on()


def one_by_one(what: str, ids: Iterable[int], act: Callable[[int], int]) -> int:
    """Do something to each of many, in a transaction of its own, while the work goes on; what the acts add up to.

    One that fails keeps no other waiting: the log says `what` it was by its number, and the first error is raised at
    the end, so that all of it is tried again. Raises `Overtaken` at once.
    """
    done, first = 0, None
    for each in ids:
        if not goes_on():
            break
        try:
            done += act(each)
        except Overtaken:
            raise
        except Exception as error:
            # The kind of the error only: its words may hold what people wrote.
            _log.error("%s %s failed: %s", what, each, type(error).__name__)
            first = first or error
    if first is not None:
        raise first
    return done


def sure_of_time() -> bool:
    """Whether work may give something up because its time is over; always, where nobody runs it as a job."""
    run = _current.get()
    return run is None or run.sure_of_time


@contextmanager
def running(run: Run) -> Iterator[None]:
    """Fence all that is committed inside, in this thread."""
    token = _current.set(run)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def unfenced() -> Iterator[None]:
    """Inside, what is written has a fence of its own, nearer to what it writes."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


@event.listens_for(db.session, "before_commit")
def _fence(session: Session) -> None:
    run = _current.get()
    if run is not None:
        run.confirm(session)
