"""What the operations on seats share: lock the body and the seat, write the audit line."""

from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.bodies.operations.locking import locked_body
from cdv_civic.core.audit.trail import record
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.seats.models import Seat
from cdv_civic.territory.vocabulary import RESIDENTS_BODY_KINDS

GONE: Final = _l("Ce siège n’existe pas.")


NOT_YET: Final = _l("Cette personne n’a pas encore dit oui. Notez d’abord sa réponse.")


def lock_residents_body(session: Session, actor: Actor, action: str, body_id: int) -> str:
    """Lock a body for an act; the slug of its contract. Raises `NotFound`, `Forbidden`, `DomainError`.

    Only bodies where residents are heard have members on this site.
    """
    body, contract = locked_body(session, actor, action, body_id)
    if body.kind not in RESIDENTS_BODY_KINDS:
        raise DomainError(_l("Ce site dit à quoi sert ce groupe. Ses membres ne sont pas publics."))
    return contract


def locked_seat(session: Session, actor: Actor, seat_id: int, version: int | None) -> tuple[Seat, str]:
    """Lock an open seat for an act; the seat, and the slug of its contract. `version`: as the desk last saw it.

    Raises `NotFound`, `Forbidden`, `Conflict`.
    """
    body_id = session.execute(select(Seat.body_id).where(Seat.id == seat_id)).scalar()
    if body_id is None:
        raise NotFound(GONE)
    contract = lock_residents_body(session, actor, "seat.edit", body_id)
    seat = session.execute(
        select(Seat).where(Seat.id == seat_id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).scalar()
    if seat is None:
        raise NotFound(GONE)
    if version is not None and seat.version != version:
        raise ChangedMeanwhile
    if seat.ended_on is not None:
        raise Conflict(_l("Cette personne a déjà quitté son siège."))
    return seat, contract


def record_seat(session: Session, actor: Actor, contract: str, seat: Seat, act: str, **more: object) -> None:
    """Write an act on a seat into the audit log: by number, never by name."""
    record(
        session,
        actor,
        "seat.edit",
        "body",
        seat.body_id,
        scope=contract,
        after={"seat": seat.id, "act": act, "college": seat.college, **more},
    )


def holds_role_of(seat_id: int) -> ColumnElement[bool]:
    """The condition that an `Account` holds the role that came with a seat: who ends it locks the account first."""
    holder = (
        select(RoleGrant.account_id).join(Seat, Seat.role_grant_id == RoleGrant.id).where(Seat.id == seat_id)
    )
    return Account.id == holder.scalar_subquery()
