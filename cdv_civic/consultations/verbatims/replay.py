"""Lines of the ledger about texts that are published no more: as their authors wish, or the organiser."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.operations.verbatims import GIVEN_UP
from cdv_civic.consultations.verbatims.operations import TAKEN_BACK, case_changed
from cdv_civic.consultations.words_models import ConsultationVerbatim
from cdv_civic.core.ledger import LedgerLine, mark, register_kind
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.entering import held_case, take_back
from cdv_civic.moderation.rules.decisions import OPEN_STATES, PUBLIC_STATES, TextState


def _case(session: Session, line: LedgerLine) -> ModeratedText | None:
    """The case of the text of a line, locked, unless it was taken back already."""
    case_id = session.execute(
        select(ConsultationVerbatim.case_id).where(ConsultationVerbatim.id == line.id)
    ).scalar()
    if case_id is None:
        return None
    case = held_case(session, case_id)
    if mark(case.received_at) != line.born or case.state == TextState.TAKEN_BACK.value:
        return None
    return case


def _take_back(session: Session, line: LedgerLine) -> bool:
    case = _case(session, line)
    if case is None:
        return False
    take_back(case)
    case_changed(session, case)
    return True


def _give_up(session: Session, line: LedgerLine) -> bool:
    case = _case(session, line)
    # What moderators hid stays there, so that nobody chooses it again.
    if case is None or case.state not in OPEN_STATES | PUBLIC_STATES:
        return False
    case_changed(session, case)
    take_back(case)
    session.delete(session.get_one(ConsultationVerbatim, line.id))
    return True


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, TAKEN_BACK, _take_back)
    register_kind(app, GIVEN_UP, _give_up)
