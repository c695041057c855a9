"""Lines of the ledger about residents' words: what left the public page, and ways to answer that were erased."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.ledger import LedgerLine, mark, register_kind
from cdv_civic.moderation.operations.following import read_again
from cdv_civic.voices.models import Voice
from cdv_civic.voices.operations.keeping import forget_voice
from cdv_civic.voices.operations.locking import locked_case


def _voice(session: Session, line: LedgerLine) -> Voice | None:
    voice = session.execute(
        select(Voice)
        .where(Voice.id == line.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    return voice if voice is not None and mark(voice.received_at) == line.born else None


def _withdraw(session: Session, line: LedgerLine) -> bool:
    case = locked_case(session, line.id)
    voice = _voice(session, line)
    if voice is None or voice.published_at is None:
        return False
    voice.published_at = None
    voice.version += 1
    if case is not None:
        read_again(session, case)
    return True


def _erase_contact(session: Session, line: LedgerLine) -> bool:
    voice = _voice(session, line)
    if voice is None or voice.contact is None:
        return False
    voice.contact = voice.contact_kind = voice.contact_language = None
    voice.shares_contact = False
    return True


def _take_away(session: Session, line: LedgerLine) -> bool:
    voice = _voice(session, line)
    if voice is None:
        return False
    forget_voice(session, voice)
    return True


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, "voice.withdrawn", _withdraw)
    register_kind(app, "voice.contact", _erase_contact)
    register_kind(app, "voice.taken_away", _take_away)
