"""Lines of the ledger about letters: who was told of an answer, or reminded of one, is not told again."""

from datetime import date

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.restitution.models import AnswerReminder, Restitution
from cdv_civic.consultations.restitution.telling import REMINDER, TOLD, TOLD_ALL
from cdv_civic.core.ledger import LedgerLine, mark, register_kind


def _tell(session: Session, line: LedgerLine) -> bool:
    row = session.execute(
        select(Restitution)
        .where(Restitution.consultation_id == line.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if row is None or row.published_at is None or mark(row.published_at) != line.born:
        return False
    up_to, _space, all_of_them = line.code.partition(" ")
    before = (row.told_up_to, row.told_at)
    row.told_up_to = max(row.told_up_to, int(up_to))
    if all_of_them == TOLD_ALL:
        row.told_at = row.told_at or line.at
    return (row.told_up_to, row.told_at) != before


def _remind(session: Session, line: LedgerLine) -> bool:
    number, due_on, days = line.object_id.split(":")
    born = session.execute(select(Consultation.published_at).where(Consultation.id == int(number))).scalar()
    key = (int(number), date.fromisoformat(due_on), int(days))
    if born is None or mark(born) != line.born or session.get(AnswerReminder, key) is not None:
        return False
    session.add(AnswerReminder(consultation_id=key[0], due_on=key[1], days_before=key[2], sent_at=line.at))
    return True


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, TOLD, _tell)
    register_kind(app, REMINDER, _remind)
