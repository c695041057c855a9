"""Lines of the ledger about consultations: withdrawn ones do not come back, prolonged ones stay open."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.operations.editing.holding import LONGEST_TEXT
from cdv_civic.consultations.operations.editing.publishing import NO_PAPER, PROLONGED_LINE
from cdv_civic.consultations.operations.idea_links import follow
from cdv_civic.consultations.operations.voices import forget_recordings
from cdv_civic.consultations.organiser_models import ConsultationProlongation, ConsultationRecording
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.ledger import LedgerLine, mark, register_kind
from cdv_civic.core.localized import put_text
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.settings import current_settings
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.notices.letters import written_in

#: How the audit trail names what a restore does again.
ACTOR: Final = CommandLine(name="restore")


def _reasons(sentence: Callable[[], str]) -> dict[str, str]:
    """The reason that readers see, in the languages of the site: the one of then is not in the backup."""
    said = {}
    for tag in current_settings().languages:
        with written_in(tag):
            said[tag] = sentence()
    return said


def _published(session: Session, line: LedgerLine) -> Consultation | None:
    """The consultation of a line, locked, if it is the one that was public then and nobody withdrew it."""
    row = session.execute(
        select(Consultation)
        .where(Consultation.id == line.id, Consultation.withdrawn_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if row is None or row.published_at is None or mark(row.published_at) != line.born:
        return None
    return row


def _withdraw(session: Session, line: LedgerLine) -> bool:
    row = _published(session, line)
    if row is None:
        return False
    owner = TextOwner("consultation", row.id, "withdrawn_reason", row.contract_id)
    row.withdrawn_reason_id = put_text(
        session,
        None,
        _reasons(lambda: _("Cette consultation a été retirée. Le site n’a pas gardé la raison.")),
        "reason",
        LONGEST_TEXT,
        owner,
        None,
    )
    row.withdrawn_at = line.at
    forget_recordings(session, ConsultationRecording.consultation_id == row.id)
    row.version += 1
    session.flush()
    follow(session, ACTOR, row)
    return True


def _prolong(session: Session, line: LedgerLine) -> bool:
    row = _published(session, line)
    if row is None or row.frozen_at is not None or row.closes_at is None or row.answer_due_on is None:
        return False
    closes, paper, due = line.code.split()
    closes_at, answer_due_on = datetime.fromisoformat(closes), date.fromisoformat(due)
    paper_until = None if paper == NO_PAPER else datetime.fromisoformat(paper)
    if (paper_until or closes_at) <= (row.paper_until or row.closes_at):
        return False
    number = reserve_ids(session, ConsultationProlongation)[0]
    owner = TextOwner(ConsultationProlongation.__tablename__, number, "reason", row.contract_id)
    reasons = _reasons(lambda: _("Cette consultation a été prolongée. Le site n’a pas gardé la raison."))
    session.add(
        ConsultationProlongation(
            id=number,
            consultation_id=row.id,
            closes_before=row.closes_at,
            closes_after=closes_at,
            paper_before=row.paper_until,
            paper_after=paper_until,
            due_before=row.answer_due_on,
            due_after=answer_due_on,
            reason_id=put_text(session, None, reasons, "reason", LONGEST_TEXT, owner, None),
            at=line.at,
            by_id=None,
        )
    )
    row.closes_at, row.paper_until, row.answer_due_on = closes_at, paper_until, answer_due_on
    row.version += 1
    session.flush()
    follow(session, ACTOR, row)
    return True


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, "consultation.withdrawn", _withdraw)
    register_kind(app, PROLONGED_LINE, _prolong)
