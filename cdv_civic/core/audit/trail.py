"""The audit trail: who of the staff did what, for which contract, chained by hash and sealed by a key.

Each entry holds the hash of the one before it, and a seal: an HMAC under a key in KEYS_DIR, so that whoever has the
database alone cannot make a chain of their own. What a chain cannot show, entries missing at its end, is shown by the
counter that each machine keeps beside the key (`core.audit.counter`). `core.audit.check` looks at all three.
It names accounts by id and organisation, never by address.
"""

import copy
import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from cdv_civic.core import clock
from cdv_civic.core.audit.actions import AUDIT_ACTIONS
from cdv_civic.core.audit.counter import START, Counter, CounterUnreadable, Mark
from cdv_civic.core.db import Model, after_commit, before_commit
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor, CommandLine
from cdv_civic.core.secrets import KeyMissing
from cdv_civic.core.settings import keys
from cdv_civic.core.site_identity import SiteIdentity, site_id

KEY: Final = "audit"
#: Names the lock of the trail within one database of PostgreSQL.
_LOCK: Final = 20140221
#: Entries that are held in memory at once.
_PART: Final = 500
_log = logging.getLogger(__name__)


class NotSealed(DomainError):
    """The key of the trail is missing or is another one: nothing that must leave a line can be done."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Le site ne peut pas noter cet acte dans son journal. Rien n’est changé. "
                "Prévenez la personne qui s’occupe du serveur."
            )
        )


class UnknownAction(ValueError):
    """No act has this name: a fault of the program."""

    def __init__(self, action: str) -> None:
        super().__init__(f"the audit trail knows no action {action!r}: see core.audit.actions")


class AuditEntry(Model):
    """One act. Rows are only ever added."""

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("previous_hash"), UniqueConstraint("hash"))

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The moment of the act, within its transaction.
    at: Mapped[datetime]
    #: Id of the account that acted; None for the command line.
    actor_id: Mapped[int | None]
    #: The organisation the actor acted for, or the command line; empty for residents: never a person's name.
    actor_label: Mapped[str]
    #: One of `core.audit.actions`.
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[int | None] = mapped_column(index=True)
    #: Slug of the contract it touched.
    scope: Mapped[str | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    previous_hash: Mapped[str]
    #: SHA-256 of all of the above.
    hash: Mapped[str]
    #: HMAC-SHA256 of `hash` under the key of the trail.
    seal: Mapped[str]


def digest(entry: AuditEntry) -> str:
    """The hash of an entry's content and of the hash before it."""
    content = [
        entry.at.isoformat(timespec="microseconds"),
        entry.actor_id,
        entry.actor_label,
        entry.action,
        entry.object_kind,
        entry.object_id,
        entry.scope,
        entry.before,
        entry.after,
        entry.previous_hash,
    ]
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def seal_of(key: bytes, entry_hash: str) -> str:
    """The seal of an entry by its hash, which stands for all entries up to it."""
    return hmac.new(key, entry_hash.encode(), hashlib.sha256).hexdigest()


def sealed(seal: str, key: bytes, entry_hash: str) -> bool:
    """Whether a seal is that of `key`."""
    return hmac.compare_digest(seal.encode(), seal_of(key, entry_hash).encode())


class _Lines:
    """The lines of one transaction, chained at its end."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        #: The counter shall begin anew at the last of them.
        self.restarts = False

    def __call__(self, session: Session) -> None:
        lock(session)
        site, last, seal = _last(session)
        key = _key(last, seal)
        counter = Counter(keys().folder, site)
        if last == START:
            _start(counter)  # before the first commit, so that it never seems to have been deleted
        counted = _counted(counter)
        sound = counted is not None and _holds(session, counted, last)
        previous = last.hash
        for entry in self.entries:
            entry.previous_hash = previous
            entry.hash = previous = digest(entry)
            entry.seal = seal_of(key, entry.hash)
        session.add_all(self.entries)
        session.flush()
        head = Mark(self.entries[-1].id, previous)

        def count_audit_entries() -> None:
            (counter.restart if self.restarts else counter.advance)(head)

        if sound or self.restarts:
            after_commit(session, count_audit_entries)
        else:
            # The act is done, and the counter stays where it was: that is what shows the loss.
            _log.error(
                "the audit trail does not hold the entry that %s names: run `flask audit verify`",
                counter.path,
            )


def record(
    session: Session,
    actor: Actor,
    action: str,
    object_kind: str,
    object_id: int | None,
    *,
    scope: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write a line, within the caller's `transaction()`; what the act changed so far is flushed.

    Lines are chained when all other rows of the transaction are locked: the entry has its id and hashes once the
    transaction has ended, not before. It costs three statements on PostgreSQL however many lines, on SQLite one and one
    for each line; one more where other processes or machines write too. Raises `UnknownAction`, and `NotSealed` as the
    transaction ends.
    """
    if action not in AUDIT_ACTIONS:
        raise UnknownAction(action)
    session.flush()
    entry = AuditEntry(
        at=clock.now(),
        actor_id=actor.actor_id,
        actor_label=actor.organisation_name or (actor.name if actor.actor_id is None else ""),
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        scope=scope,
        # As it is at this moment: the caller may go on with its own.
        before=copy.deepcopy(before),
        after=copy.deepcopy(after),
    )
    _lines(session).entries.append(entry)
    return entry


def restart_counter(session: Session, reason: str) -> None:
    """Count from here on, within the caller's `transaction()`: for a database that was put back from a backup.

    Leaves a line `site.restore` that names what this machine had counted, and why the trail is shorter now: no names of
    people in `reason`, the trail is never erased.
    """
    counted = _counted(Counter(keys().folder, site_id(session)))
    before = {"entry": counted.entry, "head": counted.hash} if counted is not None else None
    record(session, CommandLine(), "site.restore", "audit", None, before=before, after={"reason": reason})
    _lines(session).restarts = True


def _lines(session: Session) -> _Lines:
    return before_commit(session, "audit", _Lines(), last=True)


def lock(session: Session) -> None:
    """Let one transaction write the trail at a time.

    SQLite's write lock is held already; on PostgreSQL it is a lock held until the commit. The unique constraint on
    `previous_hash` keeps the promise should both fail.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


_LAST: Final = select(SiteIdentity.site_id, AuditEntry.id, AuditEntry.hash, AuditEntry.seal).outerjoin(
    AuditEntry, AuditEntry.id == select(func.max(aliased(AuditEntry).id)).scalar_subquery()
)


def _last(session: Session) -> tuple[str, Mark, str]:
    """The site's identifier, the last entry (`START`: none) and its seal; 1 statement."""
    site, number, found, seal = session.execute(_LAST).one()
    return site, Mark(number, found) if number is not None else START, seal or ""


def _key(last: Mark, seal: str) -> bytes:
    """The key of the trail, made for its first entry and never later; raises `NotSealed`."""
    folder = keys()
    try:
        if last == START:
            return folder.read_or_make(KEY)
        key = folder.read(KEY)
    except KeyMissing as missing:
        _log.error("the audit trail cannot be written: %s Where it is lost: `flask audit rekey`", missing)
        raise NotSealed from None
    if not sealed(seal, key, last.hash):
        _log.error(
            "the audit trail cannot be written: the key in KEYS_DIR is not the one of its last entry. "
            "Put the right one back; `flask audit verify` says more"
        )
        raise NotSealed
    return key


def _start(counter: Counter) -> None:
    try:
        counter.start()
    except OSError as error:
        _log.error("the audit trail cannot be written: %s cannot be made (%s)", counter.path, error.strerror)
        raise NotSealed from None


def _counted(counter: Counter) -> Mark | None:
    try:
        return counter.read()
    except CounterUnreadable:
        return None


def _holds(session: Session, mark: Mark, last: Mark) -> bool:
    """Whether the trail holds what was counted; a statement only where that is not its last entry."""
    if mark in (START, last):
        return True
    if mark.entry > last.entry:
        return False
    return session.execute(select(AuditEntry.hash).where(AuditEntry.id == mark.entry)).scalar() == mark.hash


def anything(session: Session) -> bool:
    """Whether the trail has an entry; 1 statement."""
    return session.execute(select(AuditEntry.id).limit(1)).first() is not None


def chain(session: Session, key: bytes | None) -> Iterator[tuple[AuditEntry, bool]]:
    """The entries in their order up to the first that breaks the chain, and whether each is in its place.

    Without a key the seals are not looked at. 1 statement, read in parts.
    """
    expected = START.hash
    statement = select(AuditEntry).order_by(AuditEntry.id)
    for entry in session.execute(
        statement.execution_options(yield_per=_PART, populate_existing=True)
    ).scalars():
        right = entry.previous_hash == expected and entry.hash == digest(entry)
        if key is not None:
            right = right and sealed(entry.seal, key, entry.hash)
        yield entry, right
        if not right:
            return
        expected = entry.hash


def verify(session: Session) -> tuple[int, AuditEntry | None]:
    """How many entries stand in an unbroken chain under their seals, and the first that breaks it (None: whole).

    Says nothing about entries missing at the end: `core.audit.check.check` does. Raises `KeyMissing`.
    """
    key = keys().read(KEY) if anything(session) else None
    count = 0
    for entry, right in chain(session, key):
        if not right:
            return count, entry
        count += 1
    return count, None
