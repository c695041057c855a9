"""The one clock: UTC inside, the territory's zone where people read it.

Tests freeze it with `frozen`; nothing else in the project calls `datetime.now`. What several processes must agree
on is timed by the database instead: `core.database_clock`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from time import CLOCK_BOOTTIME, clock_gettime
from zoneinfo import ZoneInfo

from flask import has_app_context

from cdv_civic.core.settings import current_settings

#: When this process began, by the clock, and by seconds since the machine did.
BEGAN = (datetime.now(UTC), clock_gettime(CLOCK_BOOTTIME))
_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)
_process_wide: list[datetime] = []


def frozen_at() -> datetime | None:
    """The moment at which the clock is held, or None: it runs."""
    return _process_wide[-1] if _process_wide else _frozen.get()


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return frozen_at() or datetime.now(UTC)


def leap() -> timedelta:
    """By how much this machine's clock was set since the process began: against one that nobody can set, and that goes
    on while the machine sleeps.
    """
    began, then = BEGAN
    return datetime.now(UTC) - began - timedelta(seconds=clock_gettime(CLOCK_BOOTTIME) - then)


def zone() -> ZoneInfo:
    """Where the territory lives (setting TIMEZONE)."""
    return ZoneInfo(current_settings().timezone if has_app_context() else "Europe/Paris")


def today() -> date:
    """The present day where the territory lives."""
    return now().astimezone(zone()).date()


def next_midnight() -> datetime:
    """The moment at which the present day ends where the territory lives, in UTC."""
    return datetime.combine(today() + timedelta(days=1), time(), zone()).astimezone(UTC)


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the clock at `at` (aware) in this thread; for tests."""
    token = _frozen.set(at)
    try:
        yield
    finally:
        _frozen.reset(token)


@contextmanager
def frozen_everywhere(at: datetime) -> Iterator[None]:
    """Hold the clock at `at` for all threads of the process; for tests with a live server."""
    _process_wide.append(at)
    try:
        yield
    finally:
        _process_wide.pop()
