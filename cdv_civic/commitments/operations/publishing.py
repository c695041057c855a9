"""Let imported commitments stand as announced, many at once, and take that back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import Commitment, Progress
from cdv_civic.commitments.scopes import commitments_within
from cdv_civic.commitments.selection import Selection
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit import trail
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import Conflict, Forbidden, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import FORBIDDEN, reach_of
from cdv_civic.core.policy.model import Actor
from cdv_civic.territory.cache_tags import contract_tag, contract_tags
from cdv_civic.territory.codes import ANNOUNCED, TO_CHECK
from cdv_civic.territory.models import Contract

ACTION: Final = "commitment.publish"
#: Databases bound the number of values of one statement.
BATCH: Final = 5000


class ListChanged(Conflict):
    """The list is not the one that was confirmed."""

    def __init__(self) -> None:
        super().__init__(_l("La liste a changé entre-temps. Vérifiez le nombre, puis confirmez de nouveau."))


@dataclass(frozen=True)
class PublishedBatch:
    """What was published: how many commitments, and the lines of the audit trail by which it is undone."""

    count: int
    lines: Sequence[AuditEntry]

    @property
    def entries(self) -> tuple[int, ...]:
        """The ids of the lines: known once the outermost transaction has ended."""
        return tuple(line.id for line in self.lines)


def publish_commitments(
    actor: Actor, chosen: Sequence[int] | Selection, *, expected: int | None = None
) -> PublishedBatch:
    """Announce the commitments among `chosen` (ids, or all that a filter finds) that are still to be checked.

    Others are left alone. Where `expected` is given and another number would be published, nothing is:
    `ListChanged`. Raises `Forbidden` where one belongs to a contract that the actor may not publish. The number
    of statements does not grow with the number of commitments (up to 5,000, then by parts).
    """
    with transaction() as session:
        batches = _conditions(session, chosen)
        done: dict[int, list[int]] = defaultdict(list)
        for conditions in batches:
            # Locked in the order of their ids: two such acts at once wait for each other, never in a circle.
            for commitment_id, contract_id in session.execute(
                select(Commitment.id, Commitment.contract_id)
                .where(Commitment.state == TO_CHECK, *conditions)
                .order_by(Commitment.id)
                .with_for_update(of=Commitment, key_share=True)
            ):
                done[contract_id].append(commitment_id)
        locked = [commitment_id for ids in done.values() for commitment_id in ids]
        _require_all(session, actor, locked)
        count = len(locked)
        if expected is not None and expected != count:
            raise ListChanged
        at = clock.now()
        for start in range(0, len(locked), BATCH):
            session.execute(
                update(Commitment)
                .where(Commitment.id.in_(locked[start : start + BATCH]))
                .values(state=ANNOUNCED, published_at=at)
                .execution_options(synchronize_session=False)
            )
        slugs = _slugs(session, done)
        raise_tags(session, *contract_tags(slugs.values()))
        lines = [
            trail.record(
                session,
                actor,
                ACTION,
                "commitment",
                ids[0] if len(ids) == 1 else None,
                scope=slugs[contract_id],
                before={"state": TO_CHECK},
                after={"state": ANNOUNCED, "at": at.isoformat(), "count": len(ids), "ids": sorted(ids)},
            )
            for contract_id, ids in sorted(done.items())
        ]
    return PublishedBatch(count, lines)


def _conditions(session: Session, chosen: Sequence[int] | Selection) -> list[Sequence[ColumnElement[bool]]]:
    if isinstance(chosen, Selection):
        return [chosen.conditions(session)]
    ids = sorted(set(chosen))
    return [
        (Commitment.id.in_(ids[start : start + BATCH]), Commitment.retired_at.is_(None))
        for start in range(0, len(ids), BATCH)
    ]


def _require_all(session: Session, actor: Actor, ids: Sequence[int]) -> None:
    """Raise `Forbidden` where one of them is not within the actor's reach."""
    outside = ~commitments_within(reach_of(actor, ACTION))
    for start in range(0, len(ids), BATCH):
        part = Commitment.id.in_(ids[start : start + BATCH])
        if session.execute(select(Commitment.id).where(part, outside).limit(1)).first() is not None:
            raise Forbidden(FORBIDDEN)


def _slugs(session: Session, contract_ids: Iterable[int]) -> dict[int, str]:
    ids = sorted(contract_ids)
    if not ids:
        return {}
    return dict(session.execute(select(Contract.id, Contract.slug).where(Contract.id.in_(ids))).all())


def undo_publication(actor: Actor, entry_ids: Sequence[int]) -> int:
    """Take back a publication by its lines of the audit trail; how many commitments are to be checked again.

    Those of which progress was told since, or that changed otherwise, stay as they are. Undoing twice does
    nothing the second time. Raises `NotFound` where a line is not that of a publication, and `Forbidden`.
    """
    undone = 0
    with transaction() as session:
        found = session.execute(
            select(AuditEntry).where(AuditEntry.id.in_(sorted(set(entry_ids)))).order_by(AuditEntry.id)
        ).scalars()
        entries = list(found)
        if not entries or any(entry.action != ACTION or "at" not in (entry.after or {}) for entry in entries):
            raise NotFound(_l("Cette publication n’existe pas, ou elle est déjà annulée."))
        for entry in entries:
            after = entry.after or {}
            contract = session.execute(
                select(Contract.id, Contract.slug).where(Contract.slug == entry.scope)
            ).first()
            if contract is None:
                continue
            contract_id, slug = contract
            _require_all(session, actor, after["ids"])
            raise_tags(session, contract_tag(slug))
            ids = _take_back(session, contract_id, after["ids"], datetime.fromisoformat(after["at"]))
            undone += len(ids)
            announced = datetime.fromisoformat(after["at"])
            ledger.note_many(session, "commitment.unpublished", [(each, announced) for each in ids])
            if ids:
                trail.record(
                    session,
                    actor,
                    ACTION,
                    "commitment",
                    ids[0] if len(ids) == 1 else None,
                    scope=entry.scope,
                    before={"state": ANNOUNCED},
                    after={"state": TO_CHECK, "undone": entry.id, "count": len(ids), "ids": ids},
                )
    return undone


def _take_back(session: Session, contract_id: int, ids: Sequence[int], at: datetime) -> list[int]:
    taken: list[int] = []
    for start in range(0, len(ids), BATCH):
        locked = session.execute(
            select(Commitment.id)
            .where(
                Commitment.id.in_(ids[start : start + BATCH]),
                Commitment.contract_id == contract_id,
                Commitment.state == ANNOUNCED,
                Commitment.published_at == at,
                ~exists().where(Progress.commitment_id == Commitment.id),
            )
            .order_by(Commitment.id)
            .with_for_update(of=Commitment, key_share=True)
        )
        taken.extend(locked.scalars())
    for start in range(0, len(taken), BATCH):
        session.execute(
            update(Commitment)
            .where(Commitment.id.in_(taken[start : start + BATCH]))
            .values(state=TO_CHECK, published_at=None)
            .execution_options(synchronize_session=False)
        )
    return taken
