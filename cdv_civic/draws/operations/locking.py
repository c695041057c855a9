"""What all operations on draws share: lock the draw, read its people, write the audit line."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.draws.models import Draw, DrawCandidate
from cdv_civic.seats.operations.locking import lock_residents_body

FROZEN: Final = _l("La liste est publiée : elle ne change plus. Une personne peut seulement s’en retirer.")
_GONE: Final = _l("Ce tirage n’existe pas.")


def record_draw(session: Session, actor: Actor, contract: str, found: Draw, act: str, **more: object) -> None:
    """Write an act on a draw into the audit log; no name is ever in it."""
    record(
        session,
        actor,
        "draw.run",
        "body",
        found.body_id,
        scope=contract,
        after={"draw": found.id, "act": act, **more},
    )


def locked_draw(
    session: Session, actor: Actor, draw_id: int, version: int | None = None, action: str = "draw.run"
) -> tuple[Draw, str]:
    """A draw, locked until the commit. Raises `NotFound`, `Forbidden`, `Conflict`."""
    body_id = session.execute(select(Draw.body_id).where(Draw.id == draw_id)).scalar()
    if body_id is None:
        raise NotFound(_GONE)
    contract = lock_residents_body(session, actor, action, body_id)
    found = session.execute(
        select(Draw).where(Draw.id == draw_id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).scalar()
    if found is None:
        raise NotFound(_GONE)
    if version is not None and found.version != version:
        raise ChangedMeanwhile
    return found, contract


def mark_changed(session: Session, found: Draw) -> None:
    """Write what changed, and raise the version."""
    found.version += 1
    found.changed_at = clock.now()
    session.flush()


def require_open(found: Draw) -> None:
    """Raise `Conflict` once a list is published."""
    if found.published_at is not None:
        raise Conflict(FROZEN)


def people_of(session: Session, draw_id: int) -> Sequence[DrawCandidate]:
    """Everybody on the list who has not withdrawn, by label."""
    return (
        session.execute(
            select(DrawCandidate)
            .where(DrawCandidate.draw_id == draw_id, DrawCandidate.withdrawn_at.is_(None))
            .order_by(DrawCandidate.label),
            execution_options={"populate_existing": True},
        )
        .scalars()
        .all()
    )


def person_of(session: Session, draw_id: int, candidate_id: int) -> DrawCandidate:
    """Somebody on the list; raises `NotFound`."""
    person = session.execute(
        select(DrawCandidate).where(DrawCandidate.id == candidate_id, DrawCandidate.draw_id == draw_id),
        execution_options={"populate_existing": True},
    ).scalar()
    if person is None or person.withdrawn_at is not None:
        raise NotFound(_l("Cette personne n’est plus sur la liste."))
    return person
