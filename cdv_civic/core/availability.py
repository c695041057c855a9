"""A database that is down, hung or busy: noticed within seconds, told in one line, and asked again by one request.

PostgreSQL cancels what takes too long (`statement_timeout`, `lock_timeout`), but a server that hangs, or a network
that swallows packets, cancels nothing: every answer is also awaited for a bounded time on this side. Each request
begins with a trivial statement that must come back within `PING_SECONDS`; once it has not, the others are refused at
once for `REST_SECONDS`, so that no thread waits and static files and kept pages go on. SQLite has no server: what is
locked or full there is only told.
"""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import psycopg
from flask import Flask
from psycopg.errors import _WaitTimeout
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from cdv_civic.core.db import OutcomeUnknown, db
from cdv_civic.core.settings import Settings

#: Seconds for a connection to open, and for a statement that asks nothing.
CONNECT_SECONDS: Final = 3
PING_SECONDS: Final = 3.0
#: Seconds for which a database that did not answer is left alone.
REST_SECONDS: Final = 5.0
#: Seconds beyond the server's own limit after which its answer is not awaited any more.
GRACE_SECONDS: Final = 5.0

#: SQLSTATE: classes 08 (connection), 53 (resources) and 57 (an operator, a time-out), rollbacks of class 40 that
#: another try cures, a lock that was not free, a transaction that stood idle.
_CLASSES: Final = ("08", "53", "57")
_STATES: Final = ("40001", "40P01", "55P03", "25P03", "58030")
_SQLITE: Final = (
    "database is locked",
    "database table is locked",
    "unable to open database file",
    "disk I/O error",
    "database or disk is full",
    "attempt to write a readonly database",
)


#: SQLSTATE, and words of SQLite: a table or a column that the code counts on is not there.
_NOT_THERE: Final = ("42P01", "42703")
_SQLITE_NOT_THERE: Final = ("no such table", "no such column")
#: What to tell whoever runs a command where `lacks_tables` says so.
NO_TABLES: Final = "The database has no tables, or those of another version: run flask db upgrade first."


class DatabaseDown(Exception):
    """The database did not answer a moment ago, and is left alone for a few seconds."""


def reason_unavailable(error: BaseException) -> str | None:
    """Why the database could not do what was asked, for a log (a kind and a code); None: the fault is elsewhere."""
    if isinstance(error, DatabaseDown | PoolTimeout):
        return type(error).__name__
    if isinstance(error, OutcomeUnknown):
        return "OutcomeUnknown"
    if not isinstance(error, DBAPIError):
        return None
    state = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated or (isinstance(error.orig, psycopg.OperationalError) and state is None):
        return f"{type(error.orig).__name__} {state or 'no connection'}"
    if state is not None and (state.startswith(_CLASSES) or state in _STATES):
        return f"{type(error.orig).__name__} {state}"
    words = str(error.orig)
    return next((f"SQLite: {known}" for known in _SQLITE if known in words), None)


def lacks_tables(error: DBAPIError) -> bool:
    """Whether a statement failed because the tables were never made, or are those of another version."""
    words = str(error.orig)
    return getattr(error.orig, "sqlstate", None) in _NOT_THERE or any(
        known in words for known in _SQLITE_NOT_THERE
    )


class NoAnswer(psycopg.OperationalError):
    """The server did not answer in time; the connection is closed."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that does not wait for ever for a server that hangs."""

    #: Seconds; None: as long as it takes (migrations).
    answer_within: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """As psycopg's, for `answer_within` seconds at most; raises `NoAnswer` beyond."""
        if timeout is not None or self.answer_within is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.answer_within)
        except (
            _WaitTimeout
        ) as error:  # and nothing else: what the server says of a statement has a code of its own
            self.pgconn.finish()  # an answer may still come: nothing else may read it
            raise NoAnswer("the database did not answer in time") from error


class Breaker:
    """Lets one caller at a time find out whether a database, or another service, that did not answer is back."""

    def __init__(self, refusal: Callable[[], Exception] = DatabaseDown) -> None:
        self._refusal = refusal
        self._lock = threading.Lock()
        self._closed_until = 0.0

    def enter(self) -> None:
        """Raise the refusal while it is left alone; then the first caller may try."""
        if not self._closed_until:
            return
        with self._lock:
            if time.monotonic() < self._closed_until:
                raise self._refusal()
            if self._closed_until:
                # The others wait for what this one finds.
                self._closed_until = time.monotonic() + REST_SECONDS

    def failed(self) -> None:
        """It did not answer."""
        with self._lock:
            self._closed_until = time.monotonic() + REST_SECONDS

    def answered(self) -> None:
        """It answers."""
        self._closed_until = 0.0


def register(app: Flask, settings: Settings) -> None:
    """Bound what PostgreSQL is waited for, on each connection of the application."""
    with app.app_context():
        engine: Engine = db.engine
    if engine.dialect.name != "postgresql":
        return
    breaker = Breaker()
    within = settings.statement_seconds + GRACE_SECONDS
    options = (
        f"-c statement_timeout={settings.statement_seconds}s -c lock_timeout={settings.lock_seconds}s"
        f" -c idle_in_transaction_session_timeout={4 * settings.statement_seconds}s"
        # Our statements end in milliseconds: to compile one first (JIT) takes many times what it saves.
        " -c jit=off"
    )

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, arguments: Any, named: dict[str, Any]) -> DBAPIConnection:
        named.setdefault("connect_timeout", CONNECT_SECONDS)
        named["options"] = f"{named.get('options', '')} {options}".strip()
        breaker.enter()
        try:
            connection = BoundedConnection.connect(*arguments, **named)
        except psycopg.OperationalError:
            breaker.failed()
            raise
        breaker.answered()
        connection.answer_within = within
        return connection  # type: ignore[return-value]

    @event.listens_for(engine, "checkout")
    def ask_first(connection: object, _record: object, _fairy: object) -> None:
        if not isinstance(connection, BoundedConnection):
            return
        breaker.enter()
        connection.answer_within = PING_SECONDS
        try:
            # Outside any transaction: whoever takes the connection still chooses how its own is isolated.
            connection.autocommit = True
            connection.execute("SELECT 1")
            connection.autocommit = False
        except NoAnswer as error:
            breaker.failed()
            raise DatabaseDown from error
        except psycopg.Error as error:
            raise DisconnectionError from error  # an old connection of a server that was started anew: try another
        finally:
            connection.answer_within = within
        breaker.answered()
