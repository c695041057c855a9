"""What pages read of bodies. Every function says what it costs."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, literal, select, union_all

from cdv_civic.bodies.models import BodyLife
from cdv_civic.bodies.wording import BODY_STATES
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.policy.model import Reach
from cdv_civic.territory.models import (
    Body,
    Commune,
    Contract,
    Quartier,
    body_commune,
    body_quartier,
)
from cdv_civic.territory.scopes import bodies_within, contracts_touched
from cdv_civic.territory.vocabulary import BODY_KINDS, RESIDENTS_BODY_KINDS, CodedTerm

EVERYTHING: Final = Reach(everywhere=True)


@dataclass(frozen=True, slots=True)
class AreaName:
    """A commune or a quartier."""

    slug: str
    name: str


@dataclass(frozen=True)
class BodyLine:
    """A body in a list. `state` is None where nobody has said."""

    id: int
    slug: str
    name: str
    kind: CodedTerm
    active: bool | None
    state: CodedTerm | None
    communes: tuple[AreaName, ...] = ()
    quartiers: tuple[AreaName, ...] = ()

    @property
    def residents(self) -> bool:
        """Whether residents sit or are heard there: only then are its meetings public."""
        return self.kind.code in RESIDENTS_BODY_KINDS


@dataclass(frozen=True)
class BodyPage:
    """One body."""

    line: BodyLine
    contract: str
    contract_title: str
    retired_on: date | None
    contact: Words | None
    joining: Words | None


def _areas(body_ids: Select[Any]) -> dict[str, dict[int, list[AreaName]]]:
    """Communes and quartiers of some bodies, in the document's order; 1 statement."""
    both = union_all(
        select(
            literal("communes").label("what"),
            body_commune.c.body_id.label("body_id"),
            body_commune.c.position.label("position"),
            Commune.slug.label("slug"),
            Commune.name.label("name"),
        )
        .join(Commune, Commune.id == body_commune.c.commune_id)
        .where(body_commune.c.body_id.in_(body_ids)),
        select(
            literal("quartiers"),
            body_quartier.c.body_id,
            body_quartier.c.position,
            Quartier.slug,
            Quartier.name,
        )
        .join(Quartier, Quartier.id == body_quartier.c.quartier_id)
        .where(body_quartier.c.body_id.in_(body_ids)),
    )
    found: dict[str, dict[int, list[AreaName]]] = {
        "communes": defaultdict(list),
        "quartiers": defaultdict(list),
    }
    for row in sorted(rows_of(both), key=lambda row: (row.position, row.name)):
        found[row.what][row.body_id].append(AreaName(row.slug, row.name))
    return found


def _line(row: Any, areas: dict[str, dict[int, list[AreaName]]]) -> BodyLine:
    return BodyLine(
        row.id,
        row.slug,
        row.name,
        BODY_KINDS[row.kind],
        row.active,
        BODY_STATES[row.state] if row.state else None,
        tuple(areas["communes"].get(row.id, ())),
        tuple(areas["quartiers"].get(row.id, ())),
    )


def bodies_of(contract_id: int, reach: Reach = EVERYTHING) -> list[BodyLine]:
    """The bodies of a contract within reach, those of residents first; 2 statements."""
    rows = rows_of(
        select(Body.id, Body.slug, Body.name, Body.kind, Body.active, Body.position, BodyLife.state)
        .outerjoin(BodyLife, BodyLife.body_id == Body.id)
        .where(Body.contract_id == contract_id, Body.retired_at.is_(None), bodies_within(reach))
        .order_by(Body.position, Body.id)
    ).all()
    areas = _areas(select(Body.id).where(Body.contract_id == contract_id))
    return sorted((_line(row, areas) for row in rows), key=lambda line: not line.residents)


@dataclass(frozen=True)
class ContractName:
    """A contract by its short title."""

    id: int
    slug: str
    title: str


def contract_named(slug: str) -> ContractName | None:
    """A contract by its slug; 1 statement."""
    row = rows_of(
        select(Contract.id, Contract.slug, Contract.short_title).where(Contract.slug == slug)
    ).first()
    return ContractName(*row) if row else None


def contracts_with_bodies(reach: Reach) -> list[ContractName]:
    """The contracts that have something within reach, those that end last first; 1 statement."""
    statement = (
        select(Contract.id, Contract.slug, Contract.short_title)
        .where(contracts_touched(reach))
        .order_by(Contract.period_end.desc(), Contract.short_title)
    )
    return [ContractName(*row) for row in rows_of(statement)]


def body_page(contract: str, slug: str, language: str) -> BodyPage | None:
    """A body, also one that has left its contract; 2 statements."""
    contact = Localized("contact", BodyLife.contact_id, language)
    joining = Localized("joining", BodyLife.joining_id, language)
    statement = (
        select(
            Body.id,
            Body.slug,
            Body.name,
            Body.kind,
            Body.active,
            Body.retired_at,
            BodyLife.state,
            Contract.slug.label("contract"),
            Contract.short_title,
            *contact.columns,
            *joining.columns,
        )
        .join(Contract, Contract.id == Body.contract_id)
        .outerjoin(BodyLife, BodyLife.body_id == Body.id)
        .where(Contract.slug == contract, Body.slug == slug)
    )
    row = rows_of(joining.join(contact.join(statement, optional=True), optional=True)).one_or_none()
    if row is None:
        return None
    return BodyPage(
        _line(row, _areas(select(Body.id).where(Body.id == row.id))),
        row.contract,
        row.short_title,
        row.retired_at.date() if row.retired_at else None,
        contact.words_or_none(row),
        joining.words_or_none(row),
    )
