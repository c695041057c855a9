"""Lines of the ledger about answers that whoever gave them took back."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.answering.operations.answering import TAKEN_AWAY
from cdv_civic.consultations.models import ConsultationAnswer
from cdv_civic.consultations.operations.keeping import forget_answer
from cdv_civic.core.ledger import LedgerLine, register_kind


def _take_away(session: Session, line: LedgerLine) -> bool:
    # No moment is kept of an answer: the hash of its form tells it from a later one with the same id.
    row = session.execute(
        select(ConsultationAnswer)
        .where(ConsultationAnswer.id == line.id, ConsultationAnswer.client_key == line.born)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if row is None:
        return False
    forget_answer(session, row)
    return True


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, TAKEN_AWAY, _take_away)
