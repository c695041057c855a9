"""Ids of rows that are not written yet, for what must name a row before it is there."""

from typing import cast

from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session

from cdv_civic.core.db import Model

_FROM_SEQUENCE = text(
    "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :how_many)"
)


def reserve_ids(session: Session, model: type[Model], how_many: int = 1) -> list[int]:
    """Ids for new rows of a table whose key is `id`, within the caller's `transaction()`. 1 statement.

    On PostgreSQL they are nobody else's. On SQLite the write lock keeps others out, but the ids are free until their
    rows are inserted: insert them before ids of the same table are reserved again.
    """
    table = cast(Table, model.__table__)
    if session.get_bind().dialect.name == "postgresql":
        found = session.execute(_FROM_SEQUENCE, {"name": table.name, "how_many": how_many})
        return list(found.scalars())
    last = session.execute(select(func.max(table.c.id))).scalar() or 0
    return list(range(last + 1, last + 1 + how_many))
