"""Lines of the ledger about comments: what their authors took back, and how long documents are under embargo."""

from datetime import datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.kinds.comments.models import Comment, CommentStep
from cdv_civic.consultations.kinds.comments.operations import EMBARGO_LINE, TAKEN_BACK, forget
from cdv_civic.consultations.models import Consultation
from cdv_civic.core.ledger import LedgerLine, mark, register_kind
from cdv_civic.moderation.operations.entering import held_case, take_back


def _take_back(session: Session, line: LedgerLine) -> bool:
    case_id = session.execute(select(Comment.case_id).where(Comment.id == line.id)).scalar()
    if case_id is None:
        return False
    case = held_case(session, case_id)
    row = session.get(Comment, line.id, populate_existing=True, with_for_update={"key_share": True})
    if row is None or row.taken_back_at is not None or mark(row.received_at) != line.born:
        return False
    take_back(case)
    forget(session, case, row)
    return True


def _keep_embargo(session: Session, line: LedgerLine) -> bool:
    step = session.get(CommentStep, line.id, populate_existing=True, with_for_update={"key_share": True})
    if step is None or step.title_id is None:
        return False
    until = datetime.fromisoformat(line.code)
    if mark(session.get_one(Consultation, step.consultation_id).created_at) != line.born:
        return False
    if step.embargo_until is not None and step.embargo_until >= until:
        return False
    step.embargo_until = until
    return True


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, EMBARGO_LINE, _keep_embargo)
    register_kind(app, TAKEN_BACK, _take_back)
