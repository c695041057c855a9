"""Lines of the ledger about commitments: news, figures and announcements that were taken back do not come back."""

from flask import Flask
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import Commitment, IndicatorValue, Progress
from cdv_civic.commitments.operations.progress import recompute
from cdv_civic.commitments.search import refresh
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.ledger import LedgerLine, mark, register_kind
from cdv_civic.notices.letters import written_in
from cdv_civic.territory.codes import ANNOUNCED, TO_CHECK


def _withdraw_news(session: Session, line: LedgerLine) -> bool:
    progress = session.execute(
        select(Progress)
        .where(Progress.id == line.id, Progress.withdrawn_at.is_(None))
        .execution_options(populate_existing=True)
    ).scalar()
    if progress is None or mark(progress.published_at) != line.born:
        return False
    commitment = session.execute(
        select(Commitment)
        .where(Commitment.id == progress.commitment_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one()
    progress.withdrawn_at = line.at
    with written_in(SOURCE_LANGUAGE):
        progress.withdrawn_reason = _("Cette nouvelle a été retirée. Le site n’a pas gardé la raison.")
    recompute(session, commitment)
    refresh(session, [commitment.id])
    return True


def _withdraw_value(session: Session, line: LedgerLine) -> bool:
    measure = session.execute(
        select(IndicatorValue)
        .where(IndicatorValue.id == line.id, IndicatorValue.withdrawn_at.is_(None))
        .execution_options(populate_existing=True)
    ).scalar()
    if measure is None or mark(measure.entered_at) != line.born:
        return False
    measure.withdrawn_at = line.at
    return True


def _unpublish(session: Session, line: LedgerLine) -> bool:
    """Here the mark is the moment of the announcement that was taken back."""
    commitment = session.execute(
        select(Commitment)
        .where(
            Commitment.id == line.id,
            Commitment.state == ANNOUNCED,
            Commitment.published_at.is_not(None),
            ~exists().where(Progress.commitment_id == Commitment.id),
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if commitment is None or commitment.published_at is None or mark(commitment.published_at) != line.born:
        return False
    commitment.state, commitment.published_at = TO_CHECK, None
    return True


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, "progress.withdrawn", _withdraw_news)
    register_kind(app, "indicator_value.withdrawn", _withdraw_value)
    register_kind(app, "commitment.unpublished", _unpublish)
