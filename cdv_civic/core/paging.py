"""Keyset paging: a page begins after a row, or ends before one; never "skip the first 4,000".

The key of a row is a tuple of whole numbers, the last of them unique, that the rows are ordered by. It is
written into addresses as `12-3456`. However long the list, a page costs one walk along an index; and a row
that comes or goes elsewhere makes nobody miss or meet a row twice.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, UnaryExpression, and_, or_
from sqlalchemy.sql.operators import desc_op

Key = tuple[int, ...]
Row = TypeVar("Row")
_KEY: Final = re.compile(r"[0-9]{1,15}(?:-[0-9]{1,15})*")
#: The largest number of a column: PostgreSQL refuses to compare one with more.
LARGEST: Final = 2**31 - 1


@dataclass(frozen=True)
class Cursor:
    """Where a page of a keyset-paged list lies: right after the row of this key, or (`before`) right before it."""

    key: Key
    before: bool = False


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of a page in reading order, and the keys its neighbours are found by (None: no more)."""

    rows: tuple[Row, ...]
    previous_key: Key | None
    next_key: Key | None


def write_key(key: Key) -> str:
    """A key as it stands in an address."""
    return "-".join(map(str, key))


def read_cursor(after: str | None, before: str | None, *, parts: int) -> Cursor | None:
    """The cursor that an address names; None (the first page) where it names none that we could have written."""
    for written, is_before in ((after, False), (before, True)):
        if written and _KEY.fullmatch(written):
            key = tuple(map(int, written.split("-")))
            if len(key) == parts and max(key) <= LARGEST:
                return Cursor(key, is_before)
    return None


def beyond(columns: Sequence[Any], key: Sequence[Any], before: bool = False) -> ColumnElement[bool]:
    """The condition that a row comes after the key (a number or a bound parameter for each column), or before."""
    conditions = []
    plain = [_plain(column) for column in columns]
    for index, ((column, falls), value) in enumerate(zip(plain, key, strict=True)):
        same = [earlier == key[at] for at, (earlier, _falls) in enumerate(plain[:index])]
        conditions.append(and_(*same, column < value if before is not falls else column > value))
    return or_(*conditions)


def _plain(column: Any) -> tuple[Any, bool]:
    """A column, and whether its values fall (`column.desc()`): an index serves them in that order too."""
    if isinstance(column, UnaryExpression) and column.modifier is desc_op:
        return column.element, True
    return column, False


def ordered(statement: Any, columns: Sequence[Any], size: int, *, backwards: bool = False) -> Any:
    """`statement` in the order of `columns`, cut one row after `size`: `page_of` reads from it if there is more."""
    plain = [_plain(column) for column in columns]
    order = [column.desc() if falls is not backwards else column.asc() for column, falls in plain]
    return statement.order_by(*order).limit(size + 1)


def window(statement: Any, columns: Sequence[Any], cursor: Cursor | None, size: int) -> Any:
    """`statement` cut to one page (and one row more); backwards where the page ends at `cursor`."""
    if cursor is not None:
        statement = statement.where(beyond(columns, cursor.key, cursor.before))
    return ordered(statement, columns, size, backwards=cursor is not None and cursor.before)


def page_of(
    found: Sequence[Row], cursor: Cursor | None, size: int, key_of: Callable[[Row], Key]
) -> Page[Row]:
    """The page, from what the statement of `window` found."""
    more, rows = len(found) > size, list(found[:size])
    backwards = cursor is not None and cursor.before
    if backwards:
        rows.reverse()
    if not rows:
        # Nothing left here (rows were taken off the list in the meantime): only the way back is open.
        return Page((), None, None)
    has_previous = more if backwards else cursor is not None
    has_next = backwards or more
    return Page(
        tuple(rows),
        key_of(rows[0]) if has_previous else None,
        key_of(rows[-1]) if has_next else None,
    )
