"""Lines of the ledger about moderated texts: what was hidden stays hidden, what was erased of reports stays away."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.ledger import LedgerLine, mark, register_kind
from cdv_civic.moderation.kinds import moderated_kinds
from cdv_civic.moderation.models import ModerationReport
from cdv_civic.moderation.operations.locking import lock_texts
from cdv_civic.moderation.rules.decisions import STATES, TextState


def _hide(session: Session, line: LedgerLine) -> bool:
    text = lock_texts(session, [line.id]).get(line.id)
    if text is None or mark(text.received_at) != line.born or line.code not in STATES:
        return False
    if text.state in (line.code, TextState.TAKEN_BACK.value):
        return False
    text.state, text.merged_into_id = line.code, None
    text.version += 1
    session.flush()
    moderated_kinds()[text.kind].changed(session, text)
    return True


def _erase_contact(session: Session, line: LedgerLine) -> bool:
    row = session.execute(
        select(ModerationReport)
        .where(ModerationReport.id == line.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if row is None or mark(row.received_at) != line.born or row.contact is None:
        return False
    row.contact = row.contact_kind = None
    return True


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, "moderation.hidden", _hide)
    register_kind(app, "moderation.contact", _erase_contact)
