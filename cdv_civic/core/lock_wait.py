"""How long a request waits for SQLite's write lock: LOCK_SECONDS in all, however often it asks for it.

An act counts the attempt first, then writes, perhaps twice; while somebody else holds the lock each of these would wait
anew, and the visitor for all of them. PostgreSQL bounds each wait itself (see `core.availability`).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flask import has_request_context, request
from sqlalchemy.engine import Connection

from cdv_civic.core.settings import current_settings

_WAITED: Final = "cdv_civic.waited_for_lock"


def _waited() -> float:
    """Seconds that this request has waited so far."""
    waited: float = request.environ.get(_WAITED, 0.0)
    return waited


def _left(most: float) -> float:
    if not has_request_context():
        return most
    settings = current_settings()
    return max(0.0, min(most, settings.lock_seconds - _waited()))


@contextmanager
def waiting_for_lock(connection: Connection, most: float) -> Iterator[None]:
    """Inside, SQLite waits for its lock `most` seconds; within a request no longer than is left to it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    # By the driver: for SQLAlchemy it would be a statement of a transaction.
    driver = connection.connection.cursor()
    driver.execute(f"PRAGMA busy_timeout = {round(_left(most) * 1000)}")
    driver.close()
    began = time.monotonic()
    try:
        yield
    finally:
        if has_request_context():
            request.environ[_WAITED] = _waited() + time.monotonic() - began
