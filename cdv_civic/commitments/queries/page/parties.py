"""Who holds a commitment, who takes part, and the places that it covers."""

from collections.abc import Iterable
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


@dataclass(frozen=True)
class Parties:
    """Who and where, each in the document's order."""

    holders: tuple[NamedLink, ...]
    partners: tuple[NamedLink, ...]
    quartiers: tuple[QuartierLine, ...]
    communes: tuple[NamedLink, ...]


_HOLDER, _PARTNER, _QUARTIER, _COMMUNE = range(4)


def parties_of(commitment_id: int, whole: str) -> Parties:
    """Holders, partners, quartiers and communes; `whole` is the state of the commitment as a whole. 1 statement."""
    found: tuple[list[Any], ...] = ([], [], [], [])
    for row in rows_of(_statement(), {"id": commitment_id}):
        found[row.role].append(row)
    return Parties(
        _links(found[_HOLDER]),
        _links(found[_PARTNER]),
        tuple(
            QuartierLine(row.slug, row.name, STATES[row.state] if row.state and row.state != whole else None)
            for row in found[_QUARTIER]
        ),
        _links(found[_COMMUNE]),
    )


def _links(rows: Iterable[Any]) -> tuple[NamedLink, ...]:
    return tuple(NamedLink(row.slug, row.name) for row in rows)


# The statement is made once: to build it costs more than to ask it.
@lru_cache(maxsize=1)
def _statement() -> Any:
    kinds: tuple[tuple[int, Any, Any, str], ...] = (
        (_HOLDER, commitment_holder, Organisation, "organisation_id"),
        (_PARTNER, commitment_partner, Organisation, "organisation_id"),
        (_QUARTIER, commitment_quartier, Quartier, "quartier_id"),
        (_COMMUNE, commitment_commune, Commune, "commune_id"),
    )
    statements = [
        select(
            literal(role, Integer).label("role"),
            table.c.position.label("position"),
            named.slug.label("slug"),
            named.name.label("name"),
            (table.c.state if role == _QUARTIER else null()).label("state"),
        )
        .join(named, named.id == table.c[column])
        .where(table.c.commitment_id == bindparam("id"))
        for role, table, named, column in kinds
    ]
    return union_all(*statements).order_by("role", "position", "name")
