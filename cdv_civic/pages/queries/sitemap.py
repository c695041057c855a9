"""The public pages of the site, by what names them in an address."""

from dataclasses import dataclass

from sqlalchemy import select

from cdv_civic.commitments.models import Commitment
from cdv_civic.core.db import rows_of
from cdv_civic.territory.models import Contract, Organisation, Quartier


@dataclass(frozen=True)
class PublicRows:
    """What has a public page of its own, by slugs and codes."""

    quartiers: tuple[str, ...]
    contracts: tuple[str, ...]
    #: Contract, organisation.
    organisations: tuple[tuple[str, str], ...]
    #: Contract, code.
    commitments: tuple[tuple[str, str], ...]


def public_rows() -> PublicRows:
    """All that has a public page, but for what bodies have; 4 statements."""
    return PublicRows(
        tuple(
            rows_of(
                select(Quartier.slug).where(Quartier.retired_at.is_(None)).order_by(Quartier.slug)
            ).scalars()
        ),
        tuple(rows_of(select(Contract.slug).order_by(Contract.slug)).scalars()),
        tuple(
            (row[0], row[1])
            for row in rows_of(
                select(Contract.slug, Organisation.slug)
                .join(Contract, Contract.id == Organisation.contract_id)
                .where(Organisation.retired_at.is_(None))
                .order_by(Contract.slug, Organisation.slug)
            )
        ),
        tuple(
            (row[0], row[1])
            for row in rows_of(
                select(Contract.slug, Commitment.code)
                .join(Contract, Contract.id == Commitment.contract_id)
                .where(Commitment.retired_at.is_(None))
                .order_by(Commitment.id)
            )
        ),
    )
