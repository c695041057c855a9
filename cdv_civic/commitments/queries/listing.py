"""The list of commitments: filtered, searched, page by page.

The order is the document's: contracts of the newest period first, then the rows of each as they came. It never
depends on what can change while somebody reads, so that nobody misses or meets a row twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, case, func, literal, select, union_all
from sqlalchemy.orm import aliased

from cdv_civic.commitments.models import (
    Commitment,
    commitment_axis,
    commitment_commune,
    commitment_holder,
    commitment_quartier,
)
from cdv_civic.commitments.queries.cards import CommitmentCard, cards
from cdv_civic.commitments.queries.filters import Filters
from cdv_civic.commitments.rules import EXPECTING_DEADLINE
from cdv_civic.commitments.search import matching
from cdv_civic.core.db import db
from cdv_civic.core.paging import Key, Page, Place, beyond, ordered, page_of
from cdv_civic.territory.models import Axis

PER_PAGE: Final = 20
MOST_PRINTED: Final = 500
#: Counting further costs time and tells a reader nothing more.
MOST_COUNTED: Final = 2000
#: States that a deadline still asks something of.
OPEN: Final = tuple(sorted(EXPECTING_DEADLINE))
#: Parts of a row's key: contract and id.
KEY_PARTS: Final = 2


@dataclass(frozen=True)
class Listing:
    """One page of the list."""

    cards: tuple[CommitmentCard, ...]
    #: How many there are in all, counted up to `MOST_COUNTED`.
    total: int
    #: There are more than `total`.
    more_than_total: bool
    previous_key: Key | None
    next_key: Key | None


def listing(
    filters: Filters,
    contract_order: Sequence[int],
    *,
    language: str,
    today: date,
    place: Place | None = None,
    size: int = PER_PAGE,
) -> Listing:
    """A page of the commitments that the filters let through; retired ones are not listed. 5 statements.

    `contract_order` holds the ids of all contracts, in the order in which the list goes through them.
    """
    contracts = [filters.contract_id] if filters.contract_id is not None else list(contract_order)
    page = page_of_keys(filters, contracts, place=place, size=size)
    total = _count(filters, contracts) if contracts else 0
    return Listing(
        cards=tuple(
            cards(
                [key[1] for key in page.rows], language=language, today=today, quartier_id=filters.quartier_id
            )
        ),
        total=min(total, MOST_COUNTED),
        more_than_total=total > MOST_COUNTED,
        previous_key=page.previous_key,
        next_key=page.next_key,
    )


def page_of_keys(
    filters: Filters, contracts: Sequence[int], *, place: Place | None, size: int = PER_PAGE
) -> Page[Key]:
    """The keys (contract, id) of one page, through these contracts in this order. 1 statement."""
    if not contracts:
        return Page((), None, None)
    if place is not None and place.key[0] not in contracts:
        place = None
    if _narrow(filters):
        statement = _narrow_keys(filters, contracts, place, size)
    else:
        statement = _wide_keys(filters, contracts, place, size)
    found = [(row.contract_id, row.id) for row in db.session.execute(statement)]
    return page_of(found, place, size, lambda key: key)


def _narrow(filters: Filters) -> bool:
    """Whether a filter lets few rows through: then they are found by it, and sorted."""
    return bool(
        filters.quartier_id
        or filters.commune_id
        or filters.organisation_ids
        or filters.axis_id
        or filters.deadline
        or filters.q
    )


def _narrow_keys(filters: Filters, contracts: Sequence[int], place: Place | None, size: int) -> Any:
    rank = _rank(contracts)
    statement = _filtered(select(Commitment.contract_id, Commitment.id), filters)
    backwards = place is not None and place.before
    if place is not None:
        ranked = Place((contracts.index(place.key[0]), place.key[1]), place.before)
        statement = statement.where(beyond((rank, Commitment.id), ranked))
    return ordered(statement.where(rank.is_not(None)), (rank, Commitment.id), size, backwards=backwards)


def _rank(contracts: Sequence[int]) -> ColumnElement[Any]:
    """The place of a row's contract in the order. As an expression, it keeps the database from walking
    through a whole contract where another condition finds the few rows at once."""
    return case({contract: rank for rank, contract in enumerate(contracts)}, value=Commitment.contract_id)


def _wide_keys(filters: Filters, contracts: Sequence[int], place: Place | None, size: int) -> Any:
    """Many rows may pass: each contract gives at most one page, along an index that holds its rows in order."""
    backwards = place is not None and place.before
    ranks = list(enumerate(contracts))
    if place is not None:
        here = contracts.index(place.key[0])
        ranks = ranks[: here + 1] if backwards else ranks[here:]
    parts: list[Any] = []
    for rank, contract in ranks:
        part = _filtered(
            select(Commitment.contract_id, Commitment.id, literal(rank, Integer).label("rank")), filters
        ).where(Commitment.contract_id == contract)
        if place is not None and contract == place.key[0]:
            part = part.where(beyond((Commitment.id,), Place(place.key[1:], place.before)))
        parts.append(select(ordered(part, (Commitment.id,), size, backwards=backwards).subquery()))
    found = union_all(*parts).subquery()
    return ordered(
        select(found.c.contract_id, found.c.id), (found.c.rank, found.c.id), size, backwards=backwards
    )


def _count(filters: Filters, contracts: Sequence[int]) -> int:
    """How many pass, counted no further than one beyond `MOST_COUNTED`. 1 statement."""
    within = _rank(contracts).is_not(None) if _narrow(filters) else Commitment.contract_id.in_(contracts)
    some = _filtered(select(Commitment.id), filters).where(within).limit(MOST_COUNTED + 1).subquery()
    return db.session.execute(select(func.count()).select_from(some)).scalar_one()


def _filtered(statement: Any, filters: Filters) -> Any:
    """All filters but the contract's."""
    state: ColumnElement[str] = Commitment.state  # type: ignore[assignment]
    if filters.quartier_id is not None:
        covers = commitment_quartier.c
        statement = statement.join(
            commitment_quartier,
            (covers.commitment_id == Commitment.id) & (covers.quartier_id == filters.quartier_id),
        )
        state = func.coalesce(covers.state, Commitment.state)
    statement = statement.where(Commitment.retired_at.is_(None))
    if filters.commune_id is not None:
        statement = statement.where(_linked(commitment_commune, "commune_id", [filters.commune_id]))
    if filters.organisation_ids:
        statement = statement.where(
            _linked(commitment_holder, "organisation_id", list(filters.organisation_ids))
        )
    if filters.axis_id is not None:
        statement = statement.where(Commitment.id.in_(_under_axis(filters.axis_id)))
    if filters.theme is not None:
        statement = statement.where(Commitment.theme == filters.theme)
    if filters.state is not None:
        statement = statement.where(state == filters.state)
    if filters.nature is not None:
        statement = statement.where(Commitment.nature == filters.nature)
    if filters.deadline is not None:
        if filters.deadline.first is not None:
            statement = statement.where(Commitment.deadline_date >= filters.deadline.first)
        if filters.deadline.last is not None:
            statement = statement.where(Commitment.deadline_date <= filters.deadline.last)
        if filters.deadline.open_only:
            statement = statement.where(state.in_(OPEN))
    if filters.q:
        matches = matching(db.session(), filters.q)
        if matches is not None:
            statement = statement.where(matches)
    return statement


def _linked(table: Any, column: str, ids: Sequence[int]) -> ColumnElement[bool]:
    return Commitment.id.in_(select(table.c.commitment_id).where(table.c[column].in_(ids)))


def _under_axis(axis_id: int) -> Any:
    """Ids of the commitments of an axis and of all axes below it."""
    top = select(Axis.id).where(Axis.id == axis_id).cte("under", recursive=True)
    child = aliased(Axis)
    under = top.union(select(child.id).join(top, child.parent_id == top.c.id))
    return select(commitment_axis.c.commitment_id).where(commitment_axis.c.axis_id.in_(select(under.c.id)))
