"""Lines of the ledger about seats: who left has left, and no name is shown again without consent."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.ledger import LedgerLine, mark, register_kind
from cdv_civic.seats.models import Seat
from cdv_civic.seats.operations.retention import FORGOTTEN


def _seat(session: Session, line: LedgerLine) -> Seat | None:
    seat = session.execute(
        select(Seat)
        .where(Seat.id == line.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    return seat if seat is not None and mark(seat.created_at) == line.born else None


def _end(session: Session, line: LedgerLine) -> bool:
    """The role that came with the seat has a line of its own."""
    seat = _seat(session, line)
    if seat is None or seat.ended_on is not None:
        return False
    seat.ended_on, seat.ending = line.at.date(), line.code
    seat.rank = None
    seat.email = seat.phone = ""
    seat.gender = seat.person_key = None
    seat.version += 1
    return True


def _show_less(session: Session, line: LedgerLine) -> bool:
    seat = _seat(session, line)
    if seat is None:
        return False
    before = seat.name_public_on, seat.hidden, seat.minor
    seat.name_public_on = None
    seat.hidden |= line.code == "hidden"
    seat.minor |= line.code == "minor"
    if before == (seat.name_public_on, seat.hidden, seat.minor):
        return False
    seat.version += 1
    return True


def _forget(session: Session, line: LedgerLine) -> bool:
    seat = _seat(session, line)
    if seat is None or not seat.first_name:
        return False
    for name, value in FORGOTTEN.items():
        setattr(seat, name, value)
    return True


def _decline(session: Session, line: LedgerLine) -> bool:
    seat = _seat(session, line)
    if seat is None or not seat.pending:
        return False
    session.delete(seat)
    return True


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, "seat.ended", _end)
    register_kind(app, "seat.name", _show_less)
    register_kind(app, "seat.forgotten", _forget)
    register_kind(app, "seat.declined", _decline)
