"""Is the audit trail whole? Its hashes, its seals, its end; and what is done where the key is lost."""

import re
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cdv_civic.core.audit.counter import START, Counter, CounterUnreadable, Mark
from cdv_civic.core.audit.trail import KEY, AuditEntry, anything, chain, lock, record, seal_of, sealed
from cdv_civic.core.db import OutcomeUnknown, transaction
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.secrets import KeyMissing
from cdv_civic.core.settings import keys
from cdv_civic.core.site_identity import site_id

#: Characters of a hash that are enough to name an entry, and to be typed.
SHORT: Final = 16
_BATCH: Final = 500


class KeyStands(RuntimeError):
    """The key of the trail is there: it is not replaced."""


@dataclass(frozen=True)
class Head:
    """The last entry: whoever notes it can later tell whether the trail up to it was changed."""

    count: int
    mark: Mark

    @property
    def short(self) -> str:
        """The first characters of its hash, in groups."""
        return "-".join(self.mark.hash[start : start + 4] for start in range(0, SHORT, 4))


@dataclass
class TrailFindings:
    """What a look at the whole trail found."""

    #: Entries in an unbroken chain.
    count: int = 0
    broken: AuditEntry | None = None
    #: What is wrong, in sentences for whoever looks after the server; none: the trail is whole.
    problems: list[str] = field(default_factory=list)
    #: What somebody should look at, where nothing is wrong with the trail itself.
    warnings: list[str] = field(default_factory=list)
    #: This machine's counter is missing, or names an entry that the trail does not hold.
    shorter: bool = False


def head(session: Session) -> Head:
    """The end of the trail; 2 statements."""
    count, number = session.execute(select(func.count(AuditEntry.id), func.max(AuditEntry.id))).one()
    found = session.execute(select(AuditEntry.hash).where(AuditEntry.id == number)).scalar()
    return Head(count, Mark(number, found) if found is not None else START)


def read_head(typed: str) -> str:
    """A head as it was noted, short or in full, groups or not; raises `ValueError`."""
    digits = re.sub(r"[\s-]", "", typed).lower()
    if not re.fullmatch(rf"[0-9a-f]{{{SHORT},64}}", digits):
        raise ValueError("not a head of the trail")
    return digits


def check(session: Session, noted: str = "") -> TrailFindings:
    """Look at each entry, at the end of the trail, and for a head that was noted earlier (`read_head`).

    Outside a `transaction()`: it ends the reading transaction, as the counter must be read before the trail, which
    may have grown since.
    """
    counter = Counter(keys().folder, site_id(session))
    session.rollback()
    found = TrailFindings()
    try:
        counted, readable = counter.read(), True
    except CounterUnreadable:
        counted, readable = None, False
    others = sorted(each.name for each in keys().folder.glob("audit-*.count") if each != counter.path)
    if others:
        found.warnings.append(
            f"KEYS_DIR also counts another site ({', '.join(others)}): was this database put in place of another?"
        )
    key = _key(session, found)
    last, seen, holds = START, counted == START, not noted
    for entry, right in chain(session, key):
        if not right:
            found.broken = entry
            found.problems.append(
                f"the chain breaks at entry {entry.id} ({found.count} whole entries before it): "
                "it was changed, or entries before it were removed"
            )
            return found
        found.count += 1
        last = Mark(entry.id, entry.hash)
        seen = seen or last == counted
        holds = holds or entry.hash.startswith(noted)
    said = ""
    if counted is None and (last != START or not readable):
        said = f"nothing on this machine says how long the chain was: {counter.path} is missing or cannot be read"
    elif counted is not None and counted.entry > last.entry:
        said = (
            f"the chain is shorter than this machine counted: entry {counted.entry} was there, the last one now is "
            f"{last.entry or 'none'}; entries were removed, or an older database was put back"
        )
    elif counted is not None and not seen:
        said = (
            f"entry {counted.entry} is not the one that this machine counted: entries were removed, "
            "and others written in their place"
        )
    if said:
        found.shorter = True
        found.problems.append(said)
    if not holds:
        found.problems.append(
            f"the head {noted} is not part of the chain: entries were removed or changed since"
        )
    return found


def _key(session: Session, found: TrailFindings) -> bytes | None:
    """The key; None where there is nothing to verify with it, or where it is missing (which is said)."""
    if not anything(session):
        return None
    try:
        return keys().read(KEY)
    except KeyMissing as missing:
        found.problems.append(f"the seals cannot be verified: {missing} Where it is lost: flask audit rekey")
        return None


def sealed_here(session: Session) -> bool:
    """Whether the last entry is sealed under the key in KEYS_DIR, or there is none; 1 statement."""
    last = session.execute(
        select(AuditEntry.hash, AuditEntry.seal).order_by(AuditEntry.id.desc()).limit(1)
    ).one_or_none()
    if last is None:
        return True
    try:
        return sealed(last.seal, keys().read(KEY), last.hash)
    except KeyMissing:
        return False


def rekey(actor: Actor, reason: str, *, present_key: bool = False) -> int:
    """Seal the whole trail under a new key, made now in the place of one that was lost; how many entries.

    With `present_key`, for a trail that comes from elsewhere, under the key that is there, if one is.

    Leaves a line `audit.rekey` that says so, and whether the chain of hashes was whole. A new seal mends nothing:
    what was changed before it still breaks the chain. Raises `KeyStands` where there is a key, unless that is meant.
    """
    folder, made, count = keys(), False, 0
    try:
        with transaction() as session:
            lock(session)
            if folder.exists(KEY) and not present_key:
                raise KeyStands
            made = not folder.exists(KEY)
            key = folder.read_or_make(KEY)
            whole = all(right for _entry, right in chain(session, None))
            rows = session.execute(select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id)).all()
            count = len(rows)
            for start in range(0, count, _BATCH):
                session.execute(
                    update(AuditEntry),
                    [
                        {"id": number, "seal": seal_of(key, found)}
                        for number, found in rows[start : start + _BATCH]
                    ],
                )
            record(
                session,
                actor,
                "audit.rekey",
                "audit",
                None,
                after={"entries": count, "whole": whole, "reason": reason},
            )
    except OutcomeUnknown:
        raise
    except BaseException:
        if made:
            folder.destroy(KEY)  # nothing is sealed under it
        raise
    return count
