"""Who can organise something within a contract, of those whom somebody acts for."""

from dataclasses import dataclass

from sqlalchemy import select

from cdv_civic.core.db import rows_of
from cdv_civic.core.policy.model import Reach
from cdv_civic.territory.models import Body, Commune, Contract, ContractCommune
from cdv_civic.territory.scopes import bodies_within, contracts_touched, contracts_within
from cdv_civic.territory.vocabulary import RESIDENTS_BODY_KINDS


@dataclass(frozen=True)
class OrganiserChoice:
    """Somebody who can ask, within a contract; `name` None: its team."""

    contract_id: int
    name: str | None = None
    body_id: int | None = None
    commune_id: int | None = None

    @property
    def value(self) -> str:
        """As a form sends it."""
        if self.body_id is not None:
            return f"body-{self.body_id}"
        return f"commune-{self.commune_id}" if self.commune_id is not None else "team"


@dataclass(frozen=True)
class ContractWithin:
    """A contract that somebody may work in."""

    id: int
    slug: str
    title: str


def contracts_of(reach: Reach) -> list[ContractWithin]:
    """The contracts of which something lies within reach; 1 statement."""
    rows = rows_of(
        select(Contract.id, Contract.slug, Contract.short_title)
        .where(contracts_touched(reach))
        .order_by(Contract.short_title, Contract.id)
    )
    return [ContractWithin(row.id, row.slug, row.short_title) for row in rows]


def organisers_of(contract_id: int, reach: Reach) -> list[OrganiserChoice]:
    """Who can ask within a contract, of those whom somebody acts for; 3 statements."""
    team = rows_of(select(Contract.id).where(Contract.id == contract_id, contracts_within(reach))).scalar()
    communes = (
        select(Commune.id, Commune.name)
        .join(ContractCommune, ContractCommune.commune_id == Commune.id)
        .where(ContractCommune.contract_id == contract_id, ContractCommune.retired_at.is_(None))
        .order_by(Commune.name)
    )
    if team is None:
        communes = communes.where(Commune.id.in_(sorted(reach.communes)))
    bodies = (
        select(Body.id, Body.name)
        .where(
            Body.contract_id == contract_id,
            Body.retired_at.is_(None),
            Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)),
            bodies_within(reach),
        )
        .order_by(Body.position, Body.id)
    )
    return [
        *([OrganiserChoice(contract_id)] if team is not None else []),
        *(OrganiserChoice(contract_id, row.name, commune_id=row.id) for row in rows_of(communes)),
        *(OrganiserChoice(contract_id, row.name, body_id=row.id) for row in rows_of(bodies)),
    ]
