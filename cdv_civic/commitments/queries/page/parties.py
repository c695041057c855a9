"""Who holds a commitment, who takes part, and the places that it covers."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, bindparam, literal, null, select, union_all

from cdv_civic.commitments.models import (
    commitment_commune,
    commitment_holder,
    commitment_partner,
    commitment_quartier,
)
from cdv_civic.core.db import rows_of
from cdv_civic.territory.models import Commune, Organisation, Quartier
from cdv_civic.territory.vocabulary import STATES, CommitmentState


@dataclass(frozen=True, slots=True)
class NamedLink:
    """Something with a page of its own, or that a list can be filtered by."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class QuartierLine(NamedLink):
    """A quartier that the commitment covers."""

    #: Its own state, where it differs from that of the whole.
    state: CommitmentState | None


def organisations_of(commitment_id: int) -> tuple[tuple[NamedLink, ...], tuple[NamedLink, ...]]:
    """Holders and partners, each in the document's order. 1 statement."""
    found: tuple[list[NamedLink], list[NamedLink]] = ([], [])
    for row in rows_of(_organisations_statement(), {"id": commitment_id}):
        found[row.role].append(NamedLink(row.slug, row.name))
    return tuple(found[0]), tuple(found[1])


# The statements are made once: to build them costs more than to ask them.
@lru_cache(maxsize=1)
def _organisations_statement() -> Any:
    statements = [
        select(
            literal(role, Integer).label("role"),
            table.c.position.label("position"),
            Organisation.slug.label("slug"),
            Organisation.name.label("name"),
        )
        .join(Organisation, Organisation.id == table.c.organisation_id)
        .where(table.c.commitment_id == bindparam("id"))
        for role, table in enumerate((commitment_holder, commitment_partner))
    ]
    return union_all(*statements).order_by("role", "position", "name")


def places_of(commitment_id: int, whole: str) -> tuple[tuple[QuartierLine, ...], tuple[NamedLink, ...]]:
    """Quartiers and communes, each in the document's order. 1 statement."""
    rows = rows_of(_places_statement(), {"id": commitment_id}).all()
    return (
        tuple(
            QuartierLine(row.slug, row.name, STATES[row.state] if row.state and row.state != whole else None)
            for row in rows
            if row.kind == 0
        ),
        tuple(NamedLink(row.slug, row.name) for row in rows if row.kind == 1),
    )


@lru_cache(maxsize=1)
def _places_statement() -> Any:
    quartiers = (
        select(
            literal(0, Integer).label("kind"),
            commitment_quartier.c.position.label("position"),
            Quartier.slug.label("slug"),
            Quartier.name.label("name"),
            commitment_quartier.c.state.label("state"),
        )
        .join(Quartier, Quartier.id == commitment_quartier.c.quartier_id)
        .where(commitment_quartier.c.commitment_id == bindparam("id"))
    )
    communes = (
        select(
            literal(1, Integer).label("kind"),
            commitment_commune.c.position.label("position"),
            Commune.slug.label("slug"),
            Commune.name.label("name"),
            null().label("state"),
        )
        .join(Commune, Commune.id == commitment_commune.c.commune_id)
        .where(commitment_commune.c.commitment_id == bindparam("id"))
    )
    return union_all(quartiers, communes).order_by("kind", "position", "name")
