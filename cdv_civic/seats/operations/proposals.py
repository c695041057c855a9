"""Seats that are proposed after a draw: the person answers first, and is public only then.

A proposal is a `Seat` that is pending. A yes makes it a seat (or a place on the list of substitutes) from that day;
a no deletes it, with all that it said of the person.
"""

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.core import clock, ledger
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import Conflict
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.seats.models import CollegeSeats, Seat
from cdv_civic.seats.operations.locking import locked_seat, record_seat
from cdv_civic.seats.operations.retention import forget_proposals
from cdv_civic.territory.cache_tags import contract_tag

ALL_TAKEN: Final = _l("Tous ces sièges sont pris. Changez d’abord leur nombre, ou dites qui quitte le sien.")


def _number(session: Session, body_id: int, college: str) -> int | None:
    return session.execute(
        select(CollegeSeats.number).where(CollegeSeats.body_id == body_id, CollegeSeats.college == college)
    ).scalar()


def _taken(session: Session, body_id: int, college: str, *, agreed: bool) -> int:
    taken = select(func.count()).where(
        Seat.body_id == body_id, Seat.college == college, Seat.ended_on.is_(None), ~Seat.substitute
    )
    return session.execute(taken.where(~Seat.pending) if agreed else taken).scalar_one()


def all_taken(session: Session, body_id: int, college: str) -> bool:
    """Whether as many people hold a seat of a collège as it has; never where nobody said how many there are."""
    number = _number(session, body_id, college)
    return number is not None and _taken(session, body_id, college, agreed=True) >= number


def free_seats(session: Session, body_id: int, college: str) -> int | None:
    """Seats of a collège that nobody holds or is asked to take; None where nobody said how many there are."""
    number = _number(session, body_id, college)
    return None if number is None else max(0, number - _taken(session, body_id, college, agreed=False))


def accept(actor: Actor, seat_id: int, *, version: int) -> None:
    """The person said yes: the seat is theirs from today. A second yes changes nothing.

    Raises `NotFound`, `Forbidden`, `Conflict` where all seats of the collège are taken.
    """
    with transaction() as session:
        seat, contract = locked_seat(session, actor, seat_id, None)
        if not seat.pending and seat.agreed_on is not None:
            return
        seat, contract = locked_seat(session, actor, seat_id, version)
        raise_tags(session, contract_tag(contract))
        if not seat.substitute and all_taken(session, seat.body_id, seat.college):
            raise Conflict(ALL_TAKEN)
        seat.pending, seat.agreed_on = False, clock.today()
        seat.starts_on = clock.today()
        seat.version += 1
        record_seat(session, actor, contract, seat, "agreed")


def decline(actor: Actor, seat_id: int, *, version: int) -> None:
    """The person said no, or nobody reached them: the proposal goes, with all that it said of the person.

    Raises `NotFound`, `Forbidden`, `Conflict`.
    """
    with transaction() as session:
        seat, contract = locked_seat(session, actor, seat_id, version)
        if not seat.pending:
            raise Conflict(_l("Cette personne a déjà dit oui. Si elle part, dites qu’elle quitte son siège."))
        record_seat(session, actor, contract, seat, "declined")
        ledger.note(session, "seat.declined", seat.id, born=seat.created_at)
        session.delete(seat)


def take_back(session: Session, key_prefix: str) -> int:
    """Delete the proposals of one draw that wait for an answer, in the caller's transaction; how many.

    Those who said yes keep their seats.
    """
    return forget_proposals(session, Seat.client_key.startswith(key_prefix, autoescape=True))
