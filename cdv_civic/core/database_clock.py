"""The database's clock: the only one that several processes, or machines, agree on.

One machine whose clock is wrong would otherwise date a lease or a message for all the others.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.db import UtcDateTime, db

_ZERO: Final = timedelta(0)
#: As SQLite keeps our moments: text that sorts by time.
_SQLITE_FORMAT: Final = "%Y-%m-%d %H:%M:%f000"


def database_now(later: timedelta = _ZERO) -> ColumnElement[datetime]:
    """The moment in which the statement runs, plus `later`, as an expression of SQL.

    Where tests hold `core.clock`, it is held too.
    """
    held = clock.held()
    if held is not None:
        return literal(held + later, UtcDateTime())
    if db.engine.dialect.name == "sqlite":
        shift = f"{later.total_seconds():+.3f} seconds"
        return func.strftime(_SQLITE_FORMAT, "now", shift, type_=UtcDateTime())
    # Not now(): that is when the transaction began, and it may have waited for a lock since.
    return type_coerce(func.clock_timestamp() + literal(later), UtcDateTime())


def read_database_now(session: Session) -> datetime:
    """The moment itself; one statement."""
    return session.execute(select(database_now())).scalar_one()
