"""Forget people: former members, unanswered proposals, the holder of an erased account."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from cdv_civic.core import clock, ledger
from cdv_civic.core.db import TagName, raise_tags, transaction
from cdv_civic.core.settings import current_settings
from cdv_civic.seats.models import Seat
from cdv_civic.seats.rules import (
    FORMER_KEPT,
)
from cdv_civic.territory.cache_tags import tags_of_bodies
from cdv_civic.territory.models import Body

#: What is left of somebody who was forgotten: the seat, held by « une habitante ou un habitant ».
FORGOTTEN: Final[Mapping[str, Any]] = {
    "first_name": "",
    "last_name": "",
    "represents": "",
    "email": "",
    "phone": "",
    "person_key": None,
    "gender": None,
    "name_public_on": None,
    "account_id": None,
    "hidden": True,
}


def forget_former() -> int:
    """Erase the names of those whose seat ended `FORMER_KEPT` ago, and proposals that nobody answered; how many."""
    limit = clock.today() - FORMER_KEPT
    settings = current_settings()
    waited = clock.now() - timedelta(days=settings.draw_kept_days)
    with transaction() as session:
        gone = session.execute(
            update(Seat)
            .where(Seat.ended_on <= limit, Seat.first_name != "")
            .values(**FORGOTTEN)
            .returning(Seat.id, Seat.created_at)
            .execution_options(synchronize_session=False)
        ).all()
        unanswered = forget_proposals(session, Seat.created_at < waited)
        ledger.note_many(session, "seat.forgotten", [(row.id, row.created_at) for row in gone])
    return len(gone) + unanswered


def forget_proposals(session: Session, which: ColumnElement[bool]) -> int:
    """Delete proposals that wait for an answer, within the caller's transaction; how many."""
    gone = session.execute(
        delete(Seat)
        .where(Seat.pending, which)
        .returning(Seat.id, Seat.created_at)
        .execution_options(synchronize_session=False)
    ).all()
    ledger.note_many(session, "seat.declined", [(row.id, row.created_at) for row in gone])
    return len(gone)


def forget_account(session: Session, account_id: int) -> None:
    """Take an erased account's person out of their seats, in the caller's transaction; the seats stay."""
    raise_tags(session, *tags_of_account(session, account_id))
    session.execute(update(Seat).where(Seat.account_id == account_id).values(**FORGOTTEN))


def tags_of_account(session: Session, account_id: int) -> tuple[TagName, ...]:
    """The cache tags of the pages that show an account's seats; 1 statement."""
    return tags_of_bodies(session, Body.id.in_(select(Seat.body_id).where(Seat.account_id == account_id)))
