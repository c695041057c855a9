"""Commitments by their titles alone, for what links to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from cdv_civic.commitments.models import Commitment
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.territory.models import Contract


@dataclass(frozen=True, slots=True)
class TitledCommitment:
    """A commitment, and the parts of its address."""

    id: int
    contract: str
    code: str
    title: Words


def titled(ids: Sequence[int], language: str) -> list[TitledCommitment]:
    """Those of some commitments that stand in their contract; 1 statement."""
    title = Localized("title", Commitment.title_id, language)
    statement = (
        select(Commitment.id, Contract.slug, Commitment.code, *title.columns)
        .join(Contract, Contract.id == Commitment.contract_id)
        .where(Commitment.id.in_(ids), Commitment.retired_at.is_(None))
    )
    return [
        TitledCommitment(row.id, row.slug, row.code, title.words(row))
        for row in rows_of(title.join(statement))
    ]
