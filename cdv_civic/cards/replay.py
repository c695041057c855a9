"""Lines of the ledger about cards: what was closed stays closed after a restore."""

from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cdv_civic.cards.models import Card, CardBatch, CardSheet
from cdv_civic.cards.rules import Reason
from cdv_civic.core.ledger import LedgerLine, mark, register_kind


def _close_card(session: Session, line: LedgerLine) -> bool:
    found = session.execute(
        select(Card, CardBatch.created_at)
        .join(CardBatch, CardBatch.id == Card.batch_id)
        .where(Card.id == line.id, Card.revoked_at.is_(None))
        .with_for_update(of=Card, key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or mark(found[1]) != line.born:
        return False
    found[0].revoked_at, found[0].revoked_reason = line.at, Reason(line.code).value
    return True


def _close_batch(session: Session, line: LedgerLine) -> bool:
    batch = session.execute(
        select(CardBatch)
        .where(CardBatch.id == line.id, CardBatch.closed_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if batch is None or mark(batch.created_at) != line.born:
        return False
    batch.closed_at = line.at
    session.execute(delete(CardSheet).where(CardSheet.batch_id == batch.id))
    return True


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, "card.closed", _close_card)
    register_kind(app, "card_batch.closed", _close_batch)
