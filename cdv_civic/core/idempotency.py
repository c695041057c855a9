"""Idempotency keys: an act that is sent twice is done once, and answers the same.

A form (or a program that sends again what got no answer) carries a key of its own; the row that the act makes keeps
it under a unique constraint. A key belongs to one owner, such as the body or the commitment that is acted on: sent
for another one it never answers with the row of the first.
"""

import hashlib
import secrets
from collections.abc import Iterable
from typing import Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session
from werkzeug.datastructures import FileStorage

from cdv_civic.core.db import Model
from cdv_civic.core.errors import Conflict, DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l

#: The field of a form that holds its key.
FIELD: Final = "client_key"
#: What `files_hash` said of the files of a form that is sent again without them, from a page that could not keep them.
FILES: Final = "client_files"
SHORTEST_KEY: Final = 8
LONGEST_KEY: Final = 100

M = TypeVar("M", bound=Model)


class BadKey(DomainError):
    """No key, or none that a form of this site holds."""

    def __init__(self) -> None:
        super().__init__(_l("Ce formulaire n’est pas complet. Rechargez la page, puis recommencez."))


class KeyUsedElsewhere(Conflict):
    """The key made something of another owner."""

    def __init__(self) -> None:
        super().__init__(_l("Ce formulaire a déjà servi. Rechargez la page, puis recommencez."))


def new_key() -> str:
    """A key for one form."""
    return secrets.token_hex(16)


def is_key(typed: str) -> bool:
    """Whether it can be the key of a form: 8 to 100 characters that can be seen."""
    return SHORTEST_KEY <= len(typed) <= LONGEST_KEY and typed.isprintable()


def read_key(typed: str) -> str:
    """The key that came with a form; raises `BadKey`."""
    if not is_key(typed):
        raise BadKey
    return typed


def made_before(
    session: Session,
    model: type[M],
    *,
    key: tuple[InstrumentedAttribute[str], str],
    owner: tuple[InstrumentedAttribute[int], int],
) -> M | None:
    """The row that a key made before for the same owner: the answer to the second of two equal acts. 1 statement.

    Asked once the owner is locked, so that of two at once the second waits and finds the row of the first. Where a
    key is unique by itself, one that belongs to another owner raises `KeyUsedElsewhere`; where it is unique within its
    owner, it makes another row. Raises `BadKey`.
    """
    key_column, typed = key
    owner_column, owner_id = owner
    statement = select(model).where(key_column == read_key(typed))
    if not key_column.property.columns[0].unique:
        statement = statement.where(owner_column == owner_id)
    row: M | None = session.execute(statement).scalar()
    if row is not None and getattr(row, owner_column.key) != owner_id:
        raise KeyUsedElsewhere
    return row


def bound_key(key: str, *to: object) -> str:
    """The key of one act on certain values: the same key with other values is another."""
    return "\0".join((key, *map(str, to)))


#: Bytes at the beginning of a file that tell it from others of its name and size.
_HEAD: Final = 64 * 1024


def files_hash(files: Iterable[tuple[str, FileStorage]]) -> str:
    """What tells the files of a form (by field) from others: names, sizes, first bytes; empty where none was chosen."""
    told = hashlib.sha256()
    chosen = [(name, file) for name, file in files if file.filename]
    for name, file in chosen:
        size = file.stream.seek(0, 2)
        file.stream.seek(0)
        told.update(bound_key(name, file.filename, size, "").encode())
        told.update(hashlib.sha256(file.stream.read(_HEAD)).digest())
        file.stream.seek(0)
    return told.hexdigest() if chosen else ""


def stored_key(bound: str) -> str:
    """A bound key as a row keeps it: SHA-256, so that the row does not hold the values twice."""
    return hashlib.sha256(bound.encode()).hexdigest()
