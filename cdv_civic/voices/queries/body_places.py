"""The places of bodies, by name: what a relais and a resident choose them by."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, literal, select, union

from cdv_civic.core.db import rows_of
from cdv_civic.core.policy.model import Reach
from cdv_civic.territory.models import (
    Body,
    Commune,
    Quartier,
    body_commune,
    body_quartier,
    quartier_commune,
)
from cdv_civic.territory.scopes import bodies_within
from cdv_civic.territory.vocabulary import RESIDENTS_BODY_KINDS


@dataclass(frozen=True)
class RelaisBody:
    """A body that a relais may write to."""

    id: int
    name: str
    #: Names of its quartiers, or of its communes.
    places: tuple[str, ...]


def relais_bodies(reach: Reach) -> list[RelaisBody]:
    """The bodies within reach that hear residents; 2 statements."""
    rows = rows_of(
        select(Body.id, Body.name)
        .where(bodies_within(reach), Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)), Body.retired_at.is_(None))
        .order_by(Body.contract_id, Body.position, Body.id)
    ).all()
    places = places_of_bodies([row.id for row in rows])
    return [RelaisBody(row.id, row.name, places[row.id].named) for row in rows]


@dataclass(frozen=True)
class BodyPlaces:
    """The names of the places of a body, sorted."""

    #: Of a body for whole communes: none.
    quartiers: tuple[str, ...]
    #: Its own, and those that its quartiers lie in.
    communes: tuple[str, ...]

    @property
    def named(self) -> tuple[str, ...]:
        """What it is said to be for: its quartiers, or its communes."""
        return self.quartiers or self.communes


def places_of_bodies(body_ids: Sequence[int]) -> dict[int, BodyPlaces]:
    """The places of some bodies, by id; 1 statement, none for nobody."""
    of_body, in_commune = body_quartier.c, quartier_commune.c
    quartiers = (
        select(of_body.body_id, literal(0, Integer).label("kind"), Quartier.name)
        .join(Quartier, Quartier.id == of_body.quartier_id)
        .where(of_body.body_id.in_(body_ids))
    )
    communes = (
        select(body_commune.c.body_id, literal(1, Integer), Commune.name)
        .join(Commune, Commune.id == body_commune.c.commune_id)
        .where(body_commune.c.body_id.in_(body_ids))
    )
    around = (
        select(of_body.body_id, literal(1, Integer), Commune.name)
        .join(quartier_commune, in_commune.quartier_id == of_body.quartier_id)
        .join(Commune, Commune.id == in_commune.commune_id)
        .where(of_body.body_id.in_(body_ids))
    )
    found: dict[int, tuple[set[str], set[str]]] = {body_id: (set(), set()) for body_id in body_ids}
    for body_id, kind, name in rows_of(union(quartiers, communes, around)) if body_ids else ():
        found[body_id][kind].add(name)
    return {body_id: BodyPlaces(tuple(sorted(q)), tuple(sorted(c))) for body_id, (q, c) in found.items()}
