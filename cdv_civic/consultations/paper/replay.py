"""Lines of the ledger about sheets of paper: answers that were taken back, and photos that went with them."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import ConsultationAnswer
from cdv_civic.consultations.operations.keeping import forget_answer
from cdv_civic.consultations.paper.operations.evidence import PHOTO_ERASED, forget_evidence, forget_photo
from cdv_civic.core.ledger import LedgerLine, register_kind


def _take_back(session: Session, line: LedgerLine) -> bool:
    answer = session.execute(
        select(ConsultationAnswer)
        .where(ConsultationAnswer.id == line.id, ConsultationAnswer.client_key == line.born)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if answer is None:
        return False
    consultation_id, number = answer.consultation_id, answer.sheet_number
    forget_answer(session, answer)
    if number is not None:
        forget_evidence(session, consultation_id, [number])
    return True


def _erase_photo(session: Session, line: LedgerLine) -> bool:
    return bool(forget_photo(session, line.id, line.born))


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, "consultation.sheet", _take_back)
    register_kind(app, PHOTO_ERASED, _erase_photo)
