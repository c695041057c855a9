"""Lines of the ledger about draws of lots: names that were taken off a list do not come back.

A candidate is known by the id and the number on the list, which chance gave.
"""

from datetime import date, timedelta
from typing import Final

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.errors import DomainError
from cdv_civic.core.ledger import LedgerLine, mark, register_kind
from cdv_civic.draws.models import Draw, DrawCandidate
from cdv_civic.draws.operations.publishing import add_list, forget

#: The day of the seed where the one that was published has passed.
_LATER: Final = timedelta(days=7)


def _person(session: Session, line: LedgerLine) -> DrawCandidate | None:
    return session.execute(
        select(DrawCandidate)
        .where(DrawCandidate.id == line.id, DrawCandidate.label == line.born)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()


def _withdraw(session: Session, line: LedgerLine) -> bool:
    """With the next list, as the withdrawal had it: nobody is drawn who is gone."""
    person = _person(session, line)
    if person is None or person.withdrawn_at is not None:
        return False
    forget(person)
    person.withdrawn_at = line.at
    session.flush()
    found = session.execute(
        select(Draw)
        .where(Draw.id == person.draw_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one()
    if found.published_at is not None and found.seed is None:
        said = date.fromisoformat(line.code) if line.code else clock.today()
        seed_day = said if said > clock.today() else clock.today() + _LATER
        try:
            with session.begin_nested():
                add_list(session, found, found.seed_rule, seed_day)
        except DomainError:
            pass  # nobody is left on it: whoever keeps the draw sees that
    return True


def _remove(session: Session, line: LedgerLine) -> bool:
    person = _person(session, line)
    if person is None:
        return False
    session.delete(person)
    return True


def _forget(session: Session, line: LedgerLine) -> bool:
    person = _person(session, line)
    if person is None or (not person.first_name and person.person_key is None):
        return False
    forget(person)
    return True


def _discard(session: Session, line: LedgerLine) -> bool:
    found = session.execute(
        select(Draw)
        .where(Draw.id == line.id, Draw.published_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if found is None or mark(found.created_at) != line.born:
        return False
    session.delete(found)
    return True


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, "candidate.withdrawn", _withdraw)
    register_kind(app, "candidate.removed", _remove)
    register_kind(app, "candidate.forgotten", _forget)
    register_kind(app, "draw.discarded", _discard)
