"""Localized texts that go: those that their owner names no more, and translations that say too much."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cdv_civic.core.localized import LocalizedText, Translation


def forget_text(session: Session, text_id: int | None) -> None:
    """Delete a text that its owner names no more, with its translations. An owner that goes takes its own along."""
    if text_id is not None:
        session.delete(session.get_one(LocalizedText, text_id))


def forget_translations(session: Session, text_id: int) -> None:
    """Delete what renders a text in other languages: a part of it is hidden, and a stale translation would still say
    it. 1 statement."""
    session.flush()
    session.execute(
        delete(Translation)
        .where(Translation.text_id == text_id)
        .execution_options(synchronize_session="fetch")
    )
