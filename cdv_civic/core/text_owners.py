"""What localized texts belong to: features say at start which of their tables hold texts, and who reads these.

A kind is called after its table, and a field after its column: `commitment.title_id` points to the text whose owner is
of the kind "commitment" and whose field is "title". `tests/core/test_text_owners.py` compares kinds with columns. A row
that is deleted takes its texts along, and so do the rows that the database deletes with it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

from flask import Flask
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    event,
    inspect,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from cdv_civic.core.db import Model, db
from cdv_civic.core.registry import Registry


class TextOwner(NamedTuple):
    """The row that a text belongs to, which of its texts it is, and the contract it lies in (None: the whole site)."""

    kind: str
    id: int
    #: The name of the column without `_id`; what else tells texts of one owner apart comes after a space.
    field: str
    contract_id: int | None


@dataclass(frozen=True)
class TextKind:
    """The texts of one table."""

    #: The name of the table.
    kind: str
    #: The feature whose table it is, by the name of its folder.
    feature: str
    #: What these texts are, for whoever translates them: the plural.
    label: Any
    fields: tuple[str, ...]
    #: Whether residents read them on public pages.
    shown: bool = True
    #: The ids of owners whose texts are hidden from residents, where there are any: nobody is asked to translate them.
    hidden: Callable[[], Select[int]] | None = None


_KINDS: Final = Registry[TextKind]("text_kinds")
_GONE: Final = "texts_of_deleted_owners"


def register_text_kind(app: Flask, kind: TextKind) -> None:
    """Declare that a table holds texts; raises `RegisteredTwice`."""
    _KINDS.add(app, kind.kind, kind)


def text_kinds() -> Mapping[str, TextKind]:
    """All kinds by name."""
    return _KINDS.entries()


def check_owner(owner: TextOwner) -> None:
    """Raise `ValueError` where no feature has declared such texts: a fault of the program."""
    kind = text_kinds().get(owner.kind)
    if kind is None or owner.field.partition(" ")[0] not in kind.fields:
        raise ValueError(f"no texts {owner.field!r} of the kind {owner.kind!r} are registered")


def _texts_below(table: Table, rows: ColumnElement[bool], seen: frozenset[str]) -> Iterator[Select[Any]]:
    """Statements for the ids of the texts of some rows, and of those that the database deletes with them."""
    for key in table.foreign_keys:
        if key.column.table.name == "localized_text" and key.ondelete is None:
            yield select(key.parent).where(rows, key.parent.is_not(None))
    for child in Model.metadata.sorted_tables:
        for link in child.foreign_key_constraints:
            if link.referred_table is table and link.ondelete == "CASCADE" and child.name not in seen:
                parents, columns = zip(*((key.parent, key.column) for key in link.elements), strict=True)
                below = tuple_(*parents).in_(select(*columns).where(rows))
                yield from _texts_below(child, below, seen | {child.name})


@cache
def _texts_that_go_with(table: Table) -> CompoundSelect[Any] | None:
    """The ids of the texts that go with a row, by its key; None for tables without texts."""
    row = and_(*(column == bindparam(f"key_{column.name}") for column in table.primary_key))
    found = list(_texts_below(table, row, frozenset({table.name})))
    return union_all(*found) if found else None


@event.listens_for(db.session, "before_flush")
def _find_texts(session: Session, _context: object, _instances: object) -> None:
    """Before the rows are gone: their texts. 1 statement for each row of a table that may have some."""
    for row in session.deleted:
        state = inspect(row)
        statement = _texts_that_go_with(state.mapper.local_table)
        if statement is not None:
            names = (f"key_{column.name}" for column in state.mapper.primary_key)
            found = session.connection().execute(statement, dict(zip(names, state.identity, strict=True)))
            session.info.setdefault(_GONE, set()).update(found.scalars())


@event.listens_for(db.session, "after_flush")
def _delete_texts(session: Session, _context: object) -> None:
    """After the rows that named them: nothing points to these texts any more."""
    gone = session.info.pop(_GONE, None)
    if gone:
        texts = Model.metadata.tables["localized_text"]
        session.connection().execute(delete(texts).where(texts.c.id.in_(sorted(gone))))
