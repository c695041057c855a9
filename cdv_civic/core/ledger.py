"""The ledger: what a restored backup must not bring back, written outside the database and `DATA_DIR`.

    ledger.note(session, "account.erased", account.id, born=account.created_at)

The act's own transaction writes a row; once it is committed the row becomes a line of LEDGER_DIR, and a job writes
what a kill left out. Lines hold ids, codes and dates: no words, no names, no addresses. They are only ever added, one
file for each machine (`core.machine`), and say what they are of by the id and the moment it came to be: after a restore
an id may be given again, to something else.

Each feature says at start how a line of its kinds is done again (`register_kind`). A line whose key the database knows
is done already, so that replaying twice, or lines older than the backup, changes nothing.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from flask import Flask, current_app
from sqlalchemy import Index, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from cdv_civic.core import clock
from cdv_civic.core.db import SITE, Model, after_commit, before_commit, db, transaction
from cdv_civic.core.durable_files import sync_folder
from cdv_civic.core.machine import machine_name
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.core.registry import Registry
from cdv_civic.core.settings import current_settings, keys
from cdv_civic.core.site_identity import SiteIdentity

_UNWRITTEN: Final = "written_at IS NULL"
_REPLAYING: Final = "replaying the ledger"
#: How the audit trail names a restore, and what it does again.
RESTORE: Final = CommandLine(name="restore")
#: Lines that are held in memory at once; databases bound the number of values of one statement too.
_BATCH: Final = 5000


class LedgerEntry(Model):
    """An act that a restore must not undo. Rows are only ever added."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        Index(
            "ix_ledger_entry_unwritten",
            "id",
            sqlite_where=text(_UNWRITTEN),
            postgresql_where=text(_UNWRITTEN),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Random: by it a line is known again.
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    #: Of what: an id, or several joined by ":".
    object_id: Mapped[str]
    #: When it came to be, ISO 8601, or another mark that tells it from a later one with the same id.
    born: Mapped[str]
    #: A code of the feature's own, such as the reason a card was closed for.
    code: Mapped[str]
    at: Mapped[datetime]
    #: When its line was in the file.
    written_at: Mapped[datetime | None]


@dataclass(frozen=True)
class LedgerLine:
    """One line of the ledger."""

    key: str
    kind: str
    object_id: str
    born: str
    code: str
    at: datetime

    @property
    def id(self) -> int:
        """The id of what has one."""
        return int(self.object_id)


#: Does the act of a line again, within the caller's transaction; whether there was anything to do.
Replay = Callable[[Session, LedgerLine], bool]
_KINDS: Final = Registry[Replay]("ledger_kinds")


def register_kind(app: Flask, kind: str, replay: Replay) -> None:
    """Say how a line of this kind is done again; `replay` changes nothing where its object is gone or another one.

    Raises `RegisteredTwice`.
    """
    _KINDS.add(app, kind, replay)


def kinds() -> Mapping[str, Replay]:
    """Every kind of line, and how it is done again."""
    return _KINDS.entries()


def mark(born: datetime | str) -> str:
    """How a line says when its object came to be."""
    return born if isinstance(born, str) else born.isoformat(timespec="microseconds")


def note(session: Session, kind: str, object_id: int | str, *, born: datetime | str, code: str = "") -> None:
    """Write down an act within the caller's `transaction()`; raises `ValueError` for a kind nobody can replay.

    Nothing is written while lines are replayed: they are in the ledger already.
    """
    note_many(session, kind, [(object_id, born)], code=code)


def note_many(
    session: Session, kind: str, objects: Iterable[tuple[int | str, datetime | str]], *, code: str = ""
) -> None:
    """The same of many objects at once, each with its mark. 1 statement."""
    if kind not in kinds():
        raise ValueError(f"not a kind of the ledger: {kind}")
    if session.info.get(_REPLAYING):
        return
    now = clock.now()
    rows = [
        {
            "key": secrets.token_hex(16),
            "kind": kind,
            "object_id": str(object_id),
            "born": mark(born),
            "code": code,
            "at": now,
            "written_at": None,
        }
        for object_id, born in objects
    ]
    if not rows:
        return
    session.execute(insert(LedgerEntry), rows)
    before_commit(session, "ledger", lambda open_session: after_commit(open_session, _append))


def _append() -> None:
    append_pending()


def anything_pending() -> bool:
    """Whether a row has no line yet. 1 statement."""
    return db.session.execute(select(LedgerEntry.id).where(text(_UNWRITTEN)).limit(1)).first() is not None


def append_pending() -> int:
    """Write the lines that are missing, and know them safe on the disk; how many. A job, and the end of each act.

    On connections of its own: what the caller has loaded stays as it is. Raises `OSError`.
    """
    settings = current_settings()
    with db.engine.connect() as connection:
        site = connection.execute(select(SiteIdentity.site_id)).scalar_one()
    written = 0
    with _machine_file(settings.ledger_dir / site) as target:
        while True:
            part = _append_some(target)
            written += part
            if part < _BATCH:
                return written


def _append_some(target: int) -> int:
    """The first lines that are missing, `_BATCH` at most; how many."""
    unwritten = select(LedgerEntry.__table__).where(text(_UNWRITTEN)).order_by(LedgerEntry.id).limit(_BATCH)
    with db.engine.connect() as connection:
        rows = connection.execute(unwritten).all()
    if not rows:
        return 0
    _write(target, (_as_text(row.key, row.kind, row.object_id, row.born, row.code, row.at) for row in rows))
    with db.engine.begin() as connection:
        ids = [row.id for row in rows]
        connection.execute(update(LedgerEntry).where(LedgerEntry.id.in_(ids)).values(written_at=clock.now()))
    return len(rows)


def _as_text(key: str, kind: str, object_id: str, born: str, code: str, at: datetime) -> str:
    line = {"key": key, "kind": kind, "object": object_id, "born": born, "code": code, "at": mark(at)}
    return json.dumps(line, sort_keys=True) + "\n"


@contextmanager
def _machine_file(folder: Path) -> Iterator[int]:
    """The file of this machine, open to add to it; one process at a time."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{machine_name(keys().folder)}.jsonl"
    fresh = not path.exists()
    target = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(target, fcntl.LOCK_EX)
        if fresh:
            sync_folder(folder)
        yield target
    finally:
        os.close(target)


def _write(target: int, lines: Iterable[str]) -> None:
    """Add whole lines, or none: a full disk leaves the file as it was."""
    before = os.fstat(target).st_size
    # A process that was killed in the middle of a line left no end to it.
    cut = before > 0 and os.pread(target, 1, before - 1) != b"\n"
    content = ("\n" if cut else "").encode() + "".join(lines).encode()
    try:
        while content:
            content = content[os.write(target, content) :]
        os.fsync(target)
    except OSError:
        os.ftruncate(target, before)
        raise


def read_lines(folders: Iterable[Path], site: str) -> tuple[list[LedgerLine], int]:
    """The lines about a site in ledgers or copies of them, each once, in the order of their moments.

    The second number counts lines that cannot be read: a process that was killed in the middle of one wrote it again.
    """
    found: dict[str, LedgerLine] = {}
    unreadable = 0
    for folder in folders:
        for path in sorted((folder / site).glob("*.jsonl")):
            with path.open(encoding="utf-8", errors="replace") as file:
                for raw in file:
                    line = _read(raw)
                    if line is not None:
                        found[line.key] = line
                    elif raw.strip():
                        unreadable += 1
    return sorted(found.values(), key=lambda line: line.at), unreadable


def _read(raw: str) -> LedgerLine | None:
    try:
        said = json.loads(raw)
        at = datetime.fromisoformat(said["at"])
        texts = [said[name] for name in ("key", "kind", "object", "born", "code")]
    except (ValueError, KeyError, TypeError):
        return None
    if at.tzinfo is None or not all(isinstance(each, str) for each in texts):
        return None
    key, kind, object_id, born, code = texts
    return LedgerLine(key, kind, object_id, born, code, at)


@dataclass(frozen=True)
class Replayed:
    """What a replay did. `failed` are lines that could not be done: a person must look."""

    #: Kind -> how many objects it was done to again; those that are not in this database, or were so already, aside.
    done: Mapping[str, int]
    failed: Sequence[LedgerLine]


def replay(lines: Sequence[LedgerLine], *, from_a_copy: Collection[str] = ()) -> Replayed:
    """Do again what the database does not know, each line in a transaction of its own.

    Keys of lines that only a copy of the ledger holds are given in `from_a_copy`: they are written into this ledger
    too. Cut off, it may be begun again.
    """
    session = db.session()
    known = _known(session, [line.key for line in lines])
    db.session.rollback()
    done: dict[str, int] = {}
    failed: list[LedgerLine] = []
    for line in lines:
        if line.key in known:
            continue
        try:
            changed = _replay_one(session, line, in_file=line.key not in from_a_copy)
        except Exception as error:
            # The kind of the error only: its words may hold what people wrote.
            current_app.logger.error("line %s of the ledger failed: %s", line.key, type(error).__name__)
            failed.append(line)
            continue
        finally:
            session.expunge_all()
        if changed:
            done[line.kind] = done.get(line.kind, 0) + 1
    return Replayed(done, failed)


def _replay_one(session: Session, line: LedgerLine, *, in_file: bool) -> bool:
    session.info[_REPLAYING] = True
    try:
        with transaction(publishes=SITE):
            changed = kinds()[line.kind](session, line)
            session.add(
                LedgerEntry(
                    key=line.key,
                    kind=line.kind,
                    object_id=line.object_id,
                    born=line.born,
                    code=line.code,
                    at=line.at,
                    written_at=clock.now() if in_file else None,
                )
            )
    finally:
        del session.info[_REPLAYING]
    return changed


def _known(session: Session, keys: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(keys), _BATCH):
        part = select(LedgerEntry.key).where(LedgerEntry.key.in_(keys[start : start + _BATCH]))
        known.update(session.execute(part).scalars())
    return known
