"""Where a commitment lies, for who may act on it: in one place of code, for one row and for lists."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Integer, and_, cast, exists, false, null, or_, select, true, union_all
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import (
    Commitment,
    commitment_commune,
    commitment_holder,
    commitment_quartier,
    indicator_quartier,
)
from cdv_civic.core.policy import Place, Reach, Touched
from cdv_civic.territory.models import quartier_commune
from cdv_civic.territory.scopes import places_of

#: PostgreSQL takes a bare NULL for a text.
_NONE: Final = cast(null(), Integer)


def touched_commitment(session: Session, commitment_id: int, contract_id: int, *languages: str) -> Touched:
    """A commitment's contract, places and holders, for an act in `languages`. 1 statement."""
    quartiers, communes = commitment_quartier.c, commitment_commune.c
    holders, lies_in = commitment_holder.c, quartier_commune.c
    rows = session.execute(
        union_all(
            select(quartiers.quartier_id, lies_in.commune_id, _NONE.label("organisation_id"))
            .join_from(
                commitment_quartier,
                quartier_commune,
                lies_in.quartier_id == quartiers.quartier_id,
                isouter=True,
            )
            .where(quartiers.commitment_id == commitment_id),
            select(_NONE, communes.commune_id, _NONE).where(communes.commitment_id == commitment_id),
            select(_NONE, _NONE, holders.organisation_id).where(holders.commitment_id == commitment_id),
        )
    ).all()
    towns: dict[int, set[int]] = {row.quartier_id: set() for row in rows if row.quartier_id is not None}
    for row in rows:
        if row.quartier_id is not None and row.commune_id is not None:
            towns[row.quartier_id].add(row.commune_id)
    # A commune in which one of the quartiers lies is not a place of its own.
    covered = {commune for found in towns.values() for commune in found}
    alone = {row.commune_id for row in rows if row.quartier_id is None} - covered - {None}
    return Touched(
        contract=contract_id,
        places=(
            *(Place(frozenset(found), frozenset({quartier})) for quartier, found in towns.items()),
            *(Place(communes=frozenset({commune})) for commune in alone),
        ),
        organisations=frozenset(row.organisation_id for row in rows if row.organisation_id is not None),
        languages=frozenset(languages),
    )


def touched_indicator(session: Session, indicator_id: int, contract_id: int) -> Touched:
    """An indicator's contract and the quartiers it names. 2 statements at most."""
    quartiers = session.execute(
        select(indicator_quartier.c.quartier_id).where(indicator_quartier.c.indicator_id == indicator_id)
    ).scalars()
    return Touched(contract=contract_id, places=tuple(places_of(session, quartiers).values()))


def commitments_within(reach: Reach) -> ColumnElement[bool]:
    """The condition that a `Commitment` lies within reach: the same as `touched_commitment` for one."""
    if reach.everywhere or reach.languages:
        return true()
    held: list[ColumnElement[bool]] = []
    if reach.contracts:
        held.append(Commitment.contract_id.in_(sorted(reach.contracts)))
    if reach.organisations:
        held.append(
            Commitment.id.in_(
                select(commitment_holder.c.commitment_id).where(
                    commitment_holder.c.organisation_id.in_(sorted(reach.organisations))
                )
            )
        )
    if reach.communes or reach.quartiers:
        held.append(_wholly_in(sorted(reach.communes), sorted(reach.quartiers)))
    return or_(*held) if held else false()


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
