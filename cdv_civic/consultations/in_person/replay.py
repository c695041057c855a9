"""Lines of the ledger about tables of workshops that were taken out again."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.in_person.operations.workshops import TABLE_REMOVED, forget_table
from cdv_civic.consultations.models import ConsultationAnswer
from cdv_civic.core.ledger import LedgerLine, register_kind


def _remove(session: Session, line: LedgerLine) -> bool:
    answer = session.execute(
        select(ConsultationAnswer)
        .where(ConsultationAnswer.id == line.id, ConsultationAnswer.client_key == line.born)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if answer is None:
        return False
    forget_table(session, answer)
    return True


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, TABLE_REMOVED, _remove)
