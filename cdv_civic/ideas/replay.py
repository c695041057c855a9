"""Lines of the ledger about ideas: what authors took back, supports that ended, boxes that left the site, and ways to
reach authors that were erased."""

from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.ledger import LedgerLine, mark, register_kind
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaPoint, IdeaSupport
from cdv_civic.ideas.operations import boxes, supporting
from cdv_civic.ideas.operations.keeping import (
    CONTACT_ERASED,
    POINT_TAKEN_BACK,
    TAKEN_BACK,
    forget_point,
    forget_words,
)
from cdv_civic.moderation.operations.entering import held_case, take_back


def _row(session: Session, kind: type[Any], line: LedgerLine) -> Any:
    row = session.execute(
        select(kind)
        .where(kind.id == line.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    return row if row is not None and mark(row.received_at) == line.born else None


def _take_back(session: Session, line: LedgerLine) -> bool:
    idea = _row(session, Idea, line)
    if idea is None or idea.taken_back_at is not None:
        return False
    take_back(held_case(session, idea.case_id))
    forget_words(session, idea)
    return True


def _take_point_back(session: Session, line: LedgerLine) -> bool:
    point = _row(session, IdeaPoint, line)
    if point is None or point.taken_back_at is not None:
        return False
    take_back(held_case(session, point.case_id))
    forget_point(session, point)
    return True


def _erase_contact(session: Session, line: LedgerLine) -> bool:
    idea = _row(session, Idea, line)
    if idea is None or idea.contact is None:
        return False
    idea.contact = idea.contact_kind = None
    return True


def _withdraw_box(session: Session, line: LedgerLine) -> bool:
    box = session.execute(
        select(IdeaBox)
        .where(IdeaBox.id == line.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if box is None or mark(box.created_at) != line.born:
        return False
    # One of a consultation is shown and withdrawn with it: that has a line of its own.
    if box.published_at is None or box.withdrawn_at is not None or box.by_consultation:
        return False
    box.withdrawn_at = line.at
    box.version += 1
    return True


def _withdraw_support(session: Session, line: LedgerLine) -> bool:
    row = session.get(IdeaSupport, line.id, populate_existing=True)
    if row is None or supporting.born_of(row.idea_id, row.supported_on) != line.born:
        return False
    session.delete(row)
    return True


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, TAKEN_BACK, _take_back)
    register_kind(app, POINT_TAKEN_BACK, _take_point_back)
    register_kind(app, CONTACT_ERASED, _erase_contact)
    register_kind(app, boxes.WITHDRAWN, _withdraw_box)
    register_kind(app, supporting.WITHDRAWN, _withdraw_support)
