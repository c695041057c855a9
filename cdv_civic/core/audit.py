"""The audit trail: who of the staff did what, for which contract, chained by hash.

Each entry holds the hash of the one before it, so a changed or removed line is found by `verify`.
It names accounts by id and organisation, never by address.
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cdv_civic.core import clock
from cdv_civic.core.db import Model
from cdv_civic.core.policy import Actor

GENESIS = "0" * 64


class AuditEntry(Model):
    """One act. Rows are only ever added."""

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("previous_hash"), UniqueConstraint("hash"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    #: Id of the account that acted; None for the command line.
    actor_id: Mapped[int | None]
    #: The organisation the actor acted for, or the command line; empty for residents: never a person's name.
    actor_label: Mapped[str]
    #: The action of `core.policy.ACTIONS`, or the command.
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[int | None] = mapped_column(index=True)
    #: Slug of the contract it touched.
    scope: Mapped[str | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    previous_hash: Mapped[str]
    hash: Mapped[str]


def _digest(entry: AuditEntry) -> str:
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
    """Append an entry, within the caller's transaction.

    Writers are put in a row by SQLite's write lock, on PostgreSQL by a lock held until the commit;
    the unique constraint on `previous_hash` keeps the promise should both fail.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql("SELECT pg_advisory_xact_lock(20140221)")
    last = session.execute(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)).scalar()
    entry = AuditEntry(
        at=clock.now(),
        actor_id=actor.actor_id,
        actor_label=actor.organisation_name or (actor.name if actor.actor_id is None else ""),
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        scope=scope,
        before=before,
        after=after,
        previous_hash=last or GENESIS,
    )
    entry.hash = _digest(entry)
    session.add(entry)
    session.flush()
    return entry


def verify(session: Session) -> tuple[int, AuditEntry | None]:
    """How many entries stand in an unbroken chain, and the first that breaks it (None: whole)."""
    expected, count = GENESIS, 0
    for entry in session.execute(select(AuditEntry).order_by(AuditEntry.id)).scalars():
        if entry.previous_hash != expected or entry.hash != _digest(entry):
            return count, entry
        expected, count = entry.hash, count + 1
    return count, None
