"""Commitments by their titles alone, for what links to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

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
    theme: str | None


def titled(ids: Sequence[int], language: str) -> list[TitledCommitment]:
    """Those of some commitments that stand in their contract; 1 statement."""
    return _titled(language, Commitment.id.in_(ids))


def titled_by_code(contract: str, code: str, language: str) -> TitledCommitment | None:
    """One by its address, while it stands in its contract; 1 statement."""
    found = _titled(language, (Contract.slug == contract) & (Commitment.code == code))
    return found[0] if found else None


def _titled(language: str, which: ColumnElement[bool]) -> list[TitledCommitment]:
    title = Localized("title", Commitment.title_id, language)
    statement = (
        select(Commitment.id, Contract.slug, Commitment.code, Commitment.theme, *title.columns)
        .join(Contract, Contract.id == Commitment.contract_id)
        .where(which, Commitment.retired_at.is_(None))
    )
    return [
        TitledCommitment(row.id, row.slug, row.code, title.words(row), row.theme)
        for row in rows_of(title.join(statement))
    ]
