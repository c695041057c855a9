"""The database session, and the one way to write.

Two databases are supported by one code: SQLite (WAL, foreign keys on, busy timeout,
`BEGIN IMMEDIATE` for writes) and PostgreSQL. Reading needs nothing; writing goes through
`transaction()`.
"""

import json
import logging
import sqlite3
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar, Final, NewType, TypeVar, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Engine,
    Executable,
    Integer,
    MetaData,
    Text,
    event,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, CursorResult, Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import JSON, TypeDecorator

from cdv_civic.core.errors import Conflict
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.lock_wait import waiting_for_lock

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
#: Names what kept pages show: see `CacheTag`. A feature makes its own in a module `cache_tags`.
TagName = NewType("TagName", str)
#: What every page shows: hard words, names that all contracts share. Raising it drops all pages.
SITE: Final = TagName("site")
#: How long SQLite's write lock is waited for, where nobody waits for a page: see `core.lock_wait`.
BUSY_TIMEOUT_SECONDS: Final = 20
_WRITING: Final = "writing"
_log = logging.getLogger(__name__)
_Work = TypeVar("_Work", bound=Callable[[Session], None])


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC in both databases (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment: nobody can say when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware moment."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Model(DeclarativeBase):
    """Base of all tables; constraint names are stable so that migrations can name them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {
        datetime: UtcDateTime(),
        str: Text(),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
        list[int]: JSON(),
    }


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


db = SQLAlchemy(
    metadata=Model.metadata,
    # Errors say which statement failed, not with what: it may be an address.
    engine_options={"json_serializer": _to_json, "hide_parameters": True},
    session_options={"autoflush": False, "expire_on_commit": False},
)

#: An integer wide enough for money in cents on every database.
Cents = BigInteger().with_variant(Integer(), "sqlite")


class OutcomeUnknown(Exception):
    """The connection broke while the database was committing: the act may stand or not.

    Nothing may be taken back (a file, say) as if it had failed; a retry must find out what stands.
    """


class WriteConflict(Conflict):
    """Two transactions stood in each other's way, and the database ended this one: nothing of it was kept."""

    def __init__(self) -> None:
        super().__init__(
            _l("Une autre personne écrivait au même moment. Rien n’est changé : essayez de nouveau.")
        )


def _is_write_conflict(error: BaseException) -> bool:
    """Whether PostgreSQL ended a transaction for the sake of another: serialization failure, deadlock."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in ("40001", "40P01")


class _Writing:
    """What an open transaction has to do at its end."""

    def __init__(self) -> None:
        self.tags: set[TagName] = set()
        self.before: dict[Hashable, Callable[[Session], None]] = {}
        self.last: dict[Hashable, Callable[[Session], None]] = {}
        self.after: list[Callable[[], None]] = []


@contextmanager
def transaction(*, publishes: TagName | None = None) -> Iterator[Session]:
    """Write: everything inside is kept together, or nothing is.

    Commits at the end; rolls back and lets the error through otherwise. A transaction inside another
    joins it. The number of the cache tag that it `publishes` is raised too, so that no kept page shows what was
    before (see `core.web.page_cache`); where the tag is known later only, `raise_tags` says it.

    Locks are taken in one order, so that acts wait for each other and never in a circle:

    1. accounts, all that the act needs at once (`accounts.locking.lock_accounts`);
    2. what hangs on them: their roles (by id), links, second factor, codes that were sent;
    3. cards: the batch, then the card;
    4. cases of texts that are moderated (by id: `moderation.operations.locking`), before what they belong to;
    5. the body; then its draws and seats, or its voices (by id); or the consultation, then its boxes of ideas (by id),
       then its answers or the ideas in a box (by id); or the fund, then its rounds, its envelopes and its projects
       (each by id), then the meetings of its commission;
    6. drafts; then sessions (by id: `accounts.session_ends`);
    7. cache tags (by name);
    8. the audit trail.

    Roles and links are changed by whoever holds the account. A card is closed without its holder's account, which may
    be erased at that moment: both lock the card before the sessions. A localized text is locked after the row that it
    belongs to. Rows are locked `FOR NO KEY UPDATE` (`with_for_update(key_share=True)`): a foreign key that is looked
    at, which PostgreSQL does again for a row changed twice, then waits for nobody, in whatever order.

    Raises `RuntimeError` where rows were changed before the transaction was opened: such a change would have
    escaped its checks. Raises `OutcomeUnknown` where the connection broke during the commit, `WriteConflict` where
    another transaction stood in the way.
    """
    session = db.session()
    outer: _Writing | None = session.info.get(_WRITING)
    if outer is not None:
        outer.tags.update(_said(publishes))
        yield session
        return
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("rows were changed outside a transaction")
    if session.in_transaction():
        session.commit()  # ends the reading transaction, so that SQLite can take its write lock now
    writing = session.info[_WRITING] = _Writing()
    writing.tags.update(_said(publishes))
    try:
        session.connection(execution_options={_WRITING: True})
        yield session
        _complete(session, writing)
        _commit(session)
    except BaseException as error:
        session.rollback()
        if _is_write_conflict(error):
            raise WriteConflict from error
        raise
    finally:
        del session.info[_WRITING]
    _run_after(writing)


def _complete(session: Session, writing: _Writing) -> None:
    """Write what the act left for its end, in the order of locks."""
    session.flush()
    for work in writing.before.values():
        work(session)
    session.flush()
    _raise_numbers(session, writing.tags)
    for work in writing.last.values():
        work(session)
    session.flush()


def _run_after(writing: _Writing) -> None:
    for done in writing.after:
        try:
            done()
        except Exception as error:
            # What was written stands: whoever asked for it is told so, and the log says what is behind.
            _log.error("after a commit, %s failed: %s", done.__qualname__, type(error).__name__)


def _commit(session: Session) -> None:
    try:
        session.commit()
    except DBAPIError as error:
        # SQLite cannot say what an error of the disk left behind; a lost connection never tells.
        if error.connection_invalidated or "disk I/O error" in str(error.orig):
            raise OutcomeUnknown from error
        raise


def rows_of(statement: Executable, values: Mapping[str, Any] | None = None) -> CursorResult[*tuple[Any, ...]]:
    """The rows of a statement that asks for columns, as in the transaction at hand; 1 statement.

    As `db.session.execute`, without the ORM, which takes longer to hand such rows over than SQLite to find them: public
    pages ask a dozen times. A statement that asks for entities, or writes, goes through the session.
    """
    return db.session.connection().execute(statement, values)


_INSERTS: Final[Mapping[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_once(session: Session, kind: type[Model], values: Mapping[str, Any]) -> int | None:
    """Insert a row; its id, or None where a unique constraint of its table knows one like it. 1 statement.

    Whoever inserts the same at the same moment is waited for. Quicker than a savepoint that a clash rolls back, which
    is three. Any other constraint raises `IntegrityError`.
    """
    table: Any = kind.__table__
    insert = _INSERTS[session.get_bind().dialect.name]
    statement = insert(table).values(**values).on_conflict_do_nothing().returning(table.c.id)
    made: int | None = session.execute(statement).scalar_one_or_none()
    return made


def is_writing() -> bool:
    """Whether a `transaction()` is open here and now."""
    return bool(db.session.registry.has()) and _WRITING in db.session().info


def _writing(session: Session) -> _Writing:
    writing: _Writing | None = session.info.get(_WRITING)
    if writing is None:
        raise RuntimeError("outside a transaction")
    return writing


def before_commit(session: Session, key: Hashable, work: _Work, *, last: bool = False) -> _Work:
    """Do `work` once, at the end of the open `transaction()`; with `last`, when every other row is locked.

    A second call with the same `key` changes nothing. Gives the work that was registered first. Raises
    `RuntimeError` outside a transaction.
    """
    writing = _writing(session)
    registered = (writing.last if last else writing.before).setdefault(key, work)
    return cast(_Work, registered)


def after_commit(session: Session, work: Callable[[], None]) -> None:
    """Do `work` once the open `transaction()` has been committed, and never where it was not.

    Outside the transaction, in the same thread; an error is logged and stops nothing. The process may die before:
    what must happen needs a row that says so. Raises `RuntimeError` outside a transaction.
    """
    _writing(session).after.append(work)


class CacheTag(Model):
    """How often something of what a tag names was published: it tells whether a kept page is still what it was."""

    __tablename__ = "cache_tag"
    __table_args__ = (CheckConstraint("number >= 0", name="counts_up"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    #: Raised by one in the transaction of every publication, never lowered. A tag without a row stands at 0.
    number: Mapped[int] = mapped_column(BigInteger)


def raise_tags(session: Session, *tags: TagName) -> None:
    """Say what public content changed, within the caller's `transaction()`, which raises the numbers at its end.

    Everybody who publishes the same waits for that row, so it is locked after all others. Raises `RuntimeError`
    outside a transaction.
    """
    _writing(session).tags.update(tags)


def _said(tag: TagName | None) -> tuple[TagName, ...]:
    return () if tag is None else (tag,)


#: In this form both databases understand it: whoever comes second waits for the row, and adds to it.
_RAISE: Final = text(
    "INSERT INTO cache_tag (name, number) VALUES (:name, 1)"
    " ON CONFLICT (name) DO UPDATE SET number = cache_tag.number + 1"
)


def _raise_numbers(session: Session, tags: Collection[TagName]) -> None:
    """In the order of their names, as everybody does: two who raise the same tags never wait in a circle."""
    if tags:
        session.execute(_RAISE, [{"name": name} for name in sorted(tags)])


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # the driver must not open transactions by itself: see _begin
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten, however SQLite was built
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}")
    cursor.execute("PRAGMA cache_size = -32000")
    cursor.execute("PRAGMA temp_store = MEMORY")
    cursor.close()


def _begin(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    if connection.get_execution_options().get(_WRITING):
        with waiting_for_lock(connection, BUSY_TIMEOUT_SECONDS):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        # Takes no lock and asks nothing of the file, so that it cannot fail: the driver says it alone, in a tenth of
        # the time, for each request there is.
        connection.connection.cursor().execute("BEGIN")


def register(app: Flask) -> None:
    """Bind the database to the application and set SQLite's ways on each new connection."""
    db.init_app(app)
    with app.app_context():
        engine: Engine = db.engine
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    app.teardown_appcontext(_give_back_session)


def _give_back_session(_error: BaseException | None) -> None:
    """Before Flask-SQLAlchemy does: a connection that broke after the last statement of a page takes nothing from it.

    The rollback that ends its reading would raise, in place of an answer that is whole, even one to a committed act.
    """
    try:
        db.session.remove()
    except DBAPIError as error:
        _log.warning("a connection broke after it was needed: %s", type(error.orig).__name__)
        db.session.remove()  # closed by now: the rest of the session is given back
