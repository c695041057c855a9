"""Where a commitment lies, for whoever may act on it: in one place of code, for one row and for lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    cast,
    exists,
    false,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import (
    Commitment,
    commitment_commune,
    commitment_holder,
    commitment_indicator,
    commitment_quartier,
    indicator_quartier,
)
from cdv_civic.core.policy.model import Location, Reach, Touched
from cdv_civic.territory.models import quartier_commune
from cdv_civic.territory.scopes import places_of

#: PostgreSQL takes a bare NULL for a text.
_NONE: Final = cast(null(), Integer)


@dataclass(frozen=True)
class _Lies:
    """Where one commitment lies, and who holds it."""

    places: tuple[Location, ...]
    organisations: frozenset[int]


def _lying(session: Session, of: Iterable[int] | Select[tuple[int]]) -> list[_Lies]:
    """Where commitments lie; those with neither place nor holder are left out. 1 statement."""
    quartiers, communes = commitment_quartier.c, commitment_commune.c
    holders, lies_in = commitment_holder.c, quartier_commune.c
    ids = of if isinstance(of, Select) else list(of)
    rows = session.execute(
        union_all(
            select(
                quartiers.commitment_id,
                quartiers.quartier_id,
                lies_in.commune_id,
                _NONE.label("organisation_id"),
            )
            .join_from(
                commitment_quartier,
                quartier_commune,
                lies_in.quartier_id == quartiers.quartier_id,
                isouter=True,
            )
            .where(quartiers.commitment_id.in_(ids)),
            select(communes.commitment_id, _NONE, communes.commune_id, _NONE).where(
                communes.commitment_id.in_(ids)
            ),
            select(holders.commitment_id, _NONE, _NONE, holders.organisation_id).where(
                holders.commitment_id.in_(ids)
            ),
        )
    ).all()
    by_commitment: dict[int, list[Row[Any]]] = {}
    for row in rows:
        by_commitment.setdefault(row.commitment_id, []).append(row)
    return [
        _Lies(_places(found), frozenset(row.organisation_id for row in found) - {None})
        for found in by_commitment.values()
    ]


def _places(rows: Sequence[Row[Any]]) -> tuple[Location, ...]:
    towns: dict[int, set[int]] = {row.quartier_id: set() for row in rows if row.quartier_id is not None}
    for row in rows:
        if row.quartier_id is not None and row.commune_id is not None:
            towns[row.quartier_id].add(row.commune_id)
    # A commune in which one of the quartiers lies is not a place of its own.
    covered = {commune for found in towns.values() for commune in found}
    alone = {row.commune_id for row in rows if row.quartier_id is None} - covered - {None}
    return (
        *(Location(frozenset(found), frozenset({quartier})) for quartier, found in towns.items()),
        *(Location(communes=frozenset({commune})) for commune in sorted(alone)),
    )


def touched_commitment(session: Session, commitment_id: int, contract_id: int, *languages: str) -> Touched:
    """A commitment's contract, places and holders, for an act in `languages`. 1 statement."""
    lies = next(iter(_lying(session, [commitment_id])), _Lies((), frozenset()))
    return Touched(
        contract=contract_id,
        places=lies.places,
        organisations=lies.organisations,
        languages=frozenset(languages),
    )


def touched_indicator(session: Session, indicator_id: int, contract_id: int) -> Touched:
    """An indicator's contract, its quartiers (or else those of all its commitments), their holders. 4 statements."""
    own = session.execute(
        select(indicator_quartier.c.quartier_id).where(indicator_quartier.c.indicator_id == indicator_id)
    ).scalars()
    places = tuple(places_of(session, own).values())
    of = select(commitment_indicator.c.commitment_id).where(
        commitment_indicator.c.indicator_id == indicator_id
    )
    lying = _lying(session, of)
    if not places and lying and all(each.places for each in lying):
        count = session.execute(select(func.count()).select_from(of.subquery())).scalar_one()
        # One commitment without a place is for the whole territory, and so is the figure then.
        if count == len(lying):
            places = tuple(place for each in lying for place in each.places)
    return Touched(
        contract=contract_id,
        places=places,
        organisations=frozenset(found for each in lying for found in each.organisations),
    )


def commitments_within(reach: Reach) -> ColumnElement[bool]:
    """The condition that a `Commitment` lies within reach: the same as `touched_commitment` for one."""
    if reach.everywhere or reach.languages:
        return true()
    within: list[ColumnElement[bool]] = []
    if reach.contracts:
        within.append(Commitment.contract_id.in_(sorted(reach.contracts)))
    if reach.organisations:
        within.append(
            Commitment.id.in_(
                select(commitment_holder.c.commitment_id).where(
                    commitment_holder.c.organisation_id.in_(sorted(reach.organisations))
                )
            )
        )
    if reach.communes or reach.quartiers:
        within.append(_wholly_in(sorted(reach.communes), sorted(reach.quartiers)))
    return or_(*within) if within else false()


def _wholly_in(communes: Sequence[int], quartiers: Sequence[int]) -> ColumnElement[bool]:
    """All places of a commitment are within reach, and there is one at least."""
    links, towns = commitment_quartier.c, commitment_commune.c
    of_it = links.commitment_id == Commitment.id
    ours = or_(
        links.quartier_id.in_(quartiers),
        links.quartier_id.in_(
            select(quartier_commune.c.quartier_id).where(quartier_commune.c.commune_id.in_(communes))
        ),
    )
    # A commune in which one of its quartiers lies is not a place of its own.
    covered = (
        select(quartier_commune.c.commune_id)
        .join(commitment_quartier, links.quartier_id == quartier_commune.c.quartier_id)
        .where(of_it)
        .correlate(Commitment)
    )
    town_of_it = and_(towns.commitment_id == Commitment.id, towns.commune_id.not_in(covered))
    return and_(
        or_(exists().where(of_it), exists().where(towns.commitment_id == Commitment.id)),
        ~exists().where(of_it, ~ours),
        ~exists().where(town_of_it, towns.commune_id.not_in(communes)),
    )
