"""The database's clock: the only one that several processes, or machines, agree on.

One machine whose clock is wrong would otherwise date a lease or a message for all the others.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, literal, literal_column, select, type_coerce
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.db import UtcDateTime, db

_ZERO: Final = timedelta(0)
#: The clock, as SQL: seconds since 1970. Not now() of PostgreSQL: that is when the transaction began, and it may have
#: waited for a lock since.
SECONDS_NOW: Final = {
    "sqlite": "((julianday('now') - 2440587.5) * 86400.0)",
    "postgresql": "extract(epoch FROM clock_timestamp())",
}
#: As SQLite keeps our moments: text that sorts by time.
_SQLITE_FORMAT: Final = "%Y-%m-%d %H:%M:%f000"


def database_now(later: timedelta = _ZERO) -> ColumnElement[datetime]:
    """The moment in which the statement runs, plus `later`, as an expression of SQL.

    Where tests hold `core.clock`, it is held too.
    """
    held = clock.frozen_at()
    if held is not None:
        return literal(held + later, UtcDateTime())
    dialect = db.engine.dialect.name
    seconds: ColumnElement[float] = literal_column(SECONDS_NOW[dialect])
    if dialect == "sqlite":
        shift = f"{later.total_seconds():+.3f} seconds"
        return func.strftime(_SQLITE_FORMAT, seconds, "unixepoch", shift, type_=UtcDateTime())
    return type_coerce(func.to_timestamp(seconds) + literal(later), UtcDateTime())


def read_database_now(session: Session) -> datetime:
    """The moment itself; one statement."""
    return session.execute(select(database_now())).scalar_one()
