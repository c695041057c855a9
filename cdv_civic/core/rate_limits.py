"""Counters of attempts, which all processes share: where they are kept, and how they are asked.

    counters().hit(parse_rate("10 per hour"), key)      # False: one too many

RATE_LIMIT_STORAGE says where: in the database (the default), in Redis, or in the memory of one process (for tests).
Keys are hashed by whoever asks: nothing here says who was counted.
"""

import math
import sqlite3
import time
from functools import lru_cache
from typing import Any, Final

from flask import Flask, current_app
from limits import RateLimitItem, parse
from limits.errors import ConfigurationError, StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import Float, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.database_clock import SECONDS_NOW
from cdv_civic.core.db import Model, is_writing
from cdv_civic.core.external_services import UnusableSetting
from cdv_civic.core.lock_wait import waiting_for_lock
from cdv_civic.core.settings import Settings

#: How long a request waits for a counter: for its lock, its statement, its connection.
WAIT_SECONDS: Final = 3


class RateCounter(Model):
    """How often something was tried since its window began. Counters that are over are overwritten, and swept away."""

    __tablename__ = "rate_counter"

    #: A hash under SECRET_KEY of what is counted, with the limit it is counted for.
    key: Mapped[str] = mapped_column(primary_key=True)
    #: When the window is over: seconds since 1970, by the clock of the database.
    ends_at: Mapped[float] = mapped_column(Float, index=True)
    count: Mapped[int]


_HIT: Final = """
INSERT INTO rate_counter (key, ends_at, count) VALUES (:key, {now} + :seconds, :amount)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN rate_counter.ends_at <= {now} THEN 0 ELSE rate_counter.count END + :amount,
    ends_at = CASE WHEN rate_counter.ends_at <= {now} THEN {now} + :seconds ELSE rate_counter.ends_at END
RETURNING count
"""


class DatabaseStorage(Storage):
    """Counters in the table `rate_counter`, for the library `limits`: `database://`.

    Its connections are its own. Each count is one statement that is committed at once, so that what a request takes
    back of its own work does not take the count back; it does not wait for the disk, as a power cut may lose counts.
    """

    STORAGE_SCHEME = ["database"]  # noqa: RUF012  (as the library declares it)

    def __init__(
        self, uri: str | None = None, wrap_exceptions: bool = False, *, database_url: str, **options: Any
    ) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        url = make_url(database_url)
        sqlite = url.get_backend_name() == "sqlite"
        self._engine = create_engine(
            url,
            isolation_level="AUTOCOMMIT",
            # One for each thread that counts at once, and no more: none waits for another's.
            pool_size=2,
            max_overflow=-1,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"timeout": WAIT_SECONDS} if sqlite else {"connect_timeout": WAIT_SECONDS},
        )
        event.listen(self._engine, "connect", _prepare)
        now = SECONDS_NOW["sqlite" if sqlite else "postgresql"]
        self._hit = text(_HIT.format(now=now))
        self._get = text(f"SELECT count FROM rate_counter WHERE key = :key AND ends_at > {now}")
        # What is left, on the clock of the database; the library asks for a moment of ours.
        self._left = text(f"SELECT ends_at - {now} FROM rate_counter WHERE key = :key AND ends_at > {now}")
        self._clear = text("DELETE FROM rate_counter WHERE key = :key")
        self._reset = text("DELETE FROM rate_counter")
        self._sweep = text(f"DELETE FROM rate_counter WHERE ends_at <= {now}")

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What a database raises that does not answer."""
        return SQLAlchemyError

    def _one(self, statement: Any, **values: object) -> Any:
        with self._engine.connect() as connection, waiting_for_lock(connection, WAIT_SECONDS):
            return connection.execute(statement, values).scalar()

    def _change(self, statement: Any, **values: object) -> int:
        with self._engine.connect() as connection, waiting_for_lock(connection, WAIT_SECONDS):
            return connection.execute(statement, values).rowcount

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count; the new count. 1 statement."""
        return int(self._one(self._hit, key=key, seconds=expiry, amount=amount))

    def get(self, key: str) -> int:
        """The count. 1 statement."""
        return int(self._one(self._get, key=key) or 0)

    def get_expiry(self, key: str) -> float:
        """When the window is over. 1 statement."""
        return time.time() + float(self._one(self._left, key=key) or 0)

    def check(self) -> bool:
        """Whether the counters can be read."""
        try:
            self._one(self._get, key="")
        except SQLAlchemyError:
            return False
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        return self._change(self._reset)

    def clear(self, key: str) -> None:
        """Forget a count. 1 statement."""
        self._change(self._clear, key=key)

    def sweep(self) -> int:
        """Delete the counters that are over; how many."""
        return self._change(self._sweep)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def _prepare(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    if isinstance(connection, sqlite3.Connection):
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
    else:
        cursor.execute(f"SET statement_timeout = '{WAIT_SECONDS}s'")
        cursor.execute(f"SET lock_timeout = '{WAIT_SECONDS}s'")
        cursor.execute("SET synchronous_commit = off")
        connection.commit()
    cursor.close()


@lru_cache(maxsize=64)
def parse_rate(rate: str) -> RateLimitItem:
    """A limit in the words of a setting: "10 per 15 minutes"."""
    return parse(rate)


class CountersDown(Exception):
    """The counters do not answer: nobody knows how often something was tried."""


class Counters:
    """Fixed windows that begin with the first hit. Each method raises `CountersDown`, and `RuntimeError` inside a
    `transaction()`: on SQLite a counter would wait there for the very lock that the caller holds.
    """

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self._limiter = FixedWindowRateLimiter(storage)

    def _outside(self) -> None:
        if is_writing():
            raise RuntimeError("count before the transaction, not within")

    def hit(self, item: RateLimitItem, key: str) -> bool:
        """Count one; False where that is one too many."""
        self._outside()
        try:
            return self._limiter.hit(item, key)
        except StorageError as error:
            raise CountersDown from error

    def full(self, item: RateLimitItem, key: str) -> bool:
        """Whether one more would be too many; counts nothing."""
        self._outside()
        try:
            return not self._limiter.test(item, key)
        except StorageError as error:
            raise CountersDown from error

    def give_back(self, item: RateLimitItem, key: str) -> None:
        """Take one hit back."""
        self._outside()
        try:
            self.storage.incr(item.key_for(key), item.get_expiry(), amount=-1)
        except StorageError as error:
            raise CountersDown from error

    def clear(self, item: RateLimitItem, key: str) -> None:
        """Begin anew."""
        self._outside()
        try:
            self._limiter.clear(item, key)
        except StorageError as error:
            raise CountersDown from error

    def seconds_left(self, item: RateLimitItem, key: str) -> int:
        """In how many seconds the window is over, at least 1."""
        self._outside()
        try:
            ends_at = self.storage.get_expiry(item.key_for(key))
        except StorageError as error:
            raise CountersDown from error
        return max(1, math.ceil(ends_at - time.time()))

    def reset(self) -> None:
        """Forget all counts."""
        self.storage.reset()


def counters() -> Counters:
    """The counters of this site."""
    found: Counters = current_app.extensions["rate_limits"]
    return found


def sweep() -> int:
    """Delete the counters in the database that are over; how many. A job."""
    storage = counters().storage
    return storage.sweep() if isinstance(storage, DatabaseStorage) else 0


def register(app: Flask, settings: Settings) -> None:
    """Bind the counters to their storage; nothing is asked of it before the first attempt."""
    scheme = settings.rate_limit_storage.partition(":")[0]
    options = {"database_url": settings.database_url} if scheme == "database" else {}
    try:
        storage = storage_from_string(settings.rate_limit_storage, wrap_exceptions=True, **options)
    except ConfigurationError as problem:  # its package is not installed
        raise UnusableSetting(f"RATE_LIMIT_STORAGE cannot be used: {problem}.") from None
    if not isinstance(storage, Storage):
        raise UnusableSetting(f"RATE_LIMIT_STORAGE cannot be used: {scheme}:// does not fit.")
    app.extensions["rate_limits"] = Counters(storage)
