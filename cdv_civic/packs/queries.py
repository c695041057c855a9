"""What commands read of contracts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from cdv_civic.commitments.models import Commitment
from cdv_civic.core.db import db
from cdv_civic.territory.codes import TO_CHECK
from cdv_civic.territory.models import Contract, Quartier


@dataclass(frozen=True, slots=True)
class ImportedContract:
    """A contract of the site in one line."""

    slug: str
    short_title: str
    period: str
    quartiers: int
    #: Commitments that are still in the contract, and those of them that staff have not checked.
    commitments: int
    to_check: int
    imported_at: datetime


def contract_lines() -> Sequence[ImportedContract]:
    """All contracts by slug; one statement."""
    commitments = (
        select(func.count())
        .select_from(Commitment)
        .where(Commitment.contract_id == Contract.id, Commitment.retired_at.is_(None))
    )
    quartiers = (
        select(func.count())
        .select_from(Quartier)
        .where(Quartier.contract_id == Contract.id, Quartier.retired_at.is_(None))
    )
    statement = select(
        Contract.slug,
        Contract.short_title,
        Contract.period_start,
        Contract.period_end,
        quartiers.scalar_subquery().label("quartiers"),
        commitments.scalar_subquery().label("commitments"),
        commitments.where(Commitment.state == TO_CHECK).scalar_subquery().label("to_check"),
        Contract.imported_at,
    ).order_by(Contract.slug)
    return [
        ImportedContract(
            row.slug,
            row.short_title,
            f"{row.period_start} - {row.period_end}",
            row.quartiers,
            row.commitments,
            row.to_check,
            row.imported_at,
        )
        for row in db.session.execute(statement)
    ]
