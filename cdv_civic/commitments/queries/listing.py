"""The list of commitments: filtered, searched, page by page.

The order is the document's: contracts of the newest period first, then the rows of each as they came; in a quartier
promises before what is none. It never depends on what changes while somebody reads (news, states), so that nobody
misses or meets a row twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, bindparam, case, func, literal, select, union_all
from sqlalchemy.orm import aliased

from cdv_civic.commitments.models import (
    Commitment,
    commitment_axis,
    commitment_commune,
    commitment_holder,
    commitment_quartier,
)
from cdv_civic.commitments.queries.cards import CommitmentCard, cards
from cdv_civic.commitments.queries.filters import CommitmentFilters
from cdv_civic.commitments.rules.work_list import EXPECTING_DEADLINE
from cdv_civic.commitments.search import found, typed_query
from cdv_civic.core.db import db, rows_of
from cdv_civic.core.paging import Cursor, Key, Page, beyond, ordered, page_of
from cdv_civic.territory.models import Axis
from cdv_civic.territory.vocabulary import NATURES

#: A page of them is at most six screens of a small phone (`tests/browser/test_heights.py`).
PER_PAGE: Final = 10
MOST_PRINTED: Final = 500
#: Counting further costs time and tells a reader nothing more.
MOST_COUNTED: Final = 2000
#: States that a deadline still asks something of.
OPEN: Final = tuple(sorted(EXPECTING_DEADLINE))
#: Parts of a row's key: contract, whether it comes after the promises, id.
KEY_PARTS: Final = 3
_PROMISES: Final = tuple(nature.code for nature in NATURES.values() if nature.is_promise)


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
    filters: CommitmentFilters,
    contract_order: Sequence[int],
    *,
    language: str,
    today: date,
    place: Cursor | None = None,
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
                [key[-1] for key in page.rows],
                language=language,
                today=today,
                quartier_id=filters.quartier_id,
            )
        ),
        total=min(total, MOST_COUNTED),
        more_than_total=total > MOST_COUNTED,
        previous_key=page.previous_key,
        next_key=page.next_key,
    )


def page_of_keys(
    filters: CommitmentFilters, contracts: Sequence[int], *, place: Cursor | None, size: int = PER_PAGE
) -> Page[Key]:
    """The keys (see `KEY_PARTS`) of one page, through these contracts in this order. 1 statement."""
    if not contracts:
        return Page((), None, None)
    if place is not None and place.key[0] not in contracts:
        place = None
    parameters = _parameters(filters)
    statement = _keys(
        tuple(parameters),
        _dialect(),
        tuple(contracts),
        contracts.index(place.key[0]) if place is not None else None,
        place is not None and place.before,
        size,
    )
    if place is not None:
        _contract, parameters["lead"], parameters["place"] = place.key
    keys = [(row.contract_id, row.lead, row.id) for row in rows_of(statement, parameters)]
    return page_of(keys, place, size, lambda key: key)


def _count(filters: CommitmentFilters, contracts: Sequence[int]) -> int:
    """How many pass, counted no further than one beyond `MOST_COUNTED`. 1 statement."""
    parameters = _parameters(filters)
    statement = _counted(tuple(parameters), _dialect(), tuple(contracts))
    counted: int = rows_of(statement, parameters).scalar_one()
    return counted


#: Filters that let few rows through: then these are found first, and sorted.
_NARROW: Final = frozenset(
    {"quartier_id", "commune_id", "organisation_ids", "axis_id", "first", "last", "typed_words"}
)
#: Names of the parameters that a statement has, in a fixed order: what statements are kept by.
_Shape = tuple[str, ...]


def _parameters(filters: CommitmentFilters) -> dict[str, Any]:
    """The values of the filters that are on, by the names that `_filtered` gives them."""
    deadline = filters.deadline
    values = {
        "quartier_id": filters.quartier_id,
        "commune_id": filters.commune_id,
        "organisation_ids": list(filters.organisation_ids) or None,
        "axis_id": filters.axis_id,
        "theme": filters.theme,
        "state": filters.state,
        "nature": filters.nature,
        "first": deadline.first if deadline else None,
        "last": deadline.last if deadline else None,
        "open_states": list(OPEN) if deadline and deadline.open_only else None,
        "typed_words": typed_query(db.session(), filters.q) if filters.q else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def _dialect() -> str:
    return db.session().get_bind().dialect.name


# The statements are made once for each set of filters: to build them costs more than to ask them.
@lru_cache(maxsize=2048)
def _keys(
    shape: _Shape,
    dialect: str,
    contracts: tuple[int, ...],
    here: int | None,
    backwards: bool,
    size: int,
) -> Any:
    """The statement of one page. `here` is the rank of the contract that the page begins (or ends) in, after
    (or before) the row that the parameters `lead` and `place` hold."""
    make = _wide_keys if _NARROW.isdisjoint(shape) else _narrow_keys
    return make(shape, dialect, contracts, here, backwards, size)


@lru_cache(maxsize=512)
def _counted(shape: _Shape, dialect: str, contracts: tuple[int, ...]) -> Any:
    wide = _NARROW.isdisjoint(shape)
    within = Commitment.contract_id.in_(contracts) if wide else _rank(contracts).is_not(None)
    some = _filtered(select(Commitment.id), shape, dialect).where(within).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(some)


def _narrow_keys(
    shape: _Shape,
    dialect: str,
    contracts: tuple[int, ...],
    here: int | None,
    backwards: bool,
    size: int,
) -> Any:
    rank = _rank(contracts)
    columns: tuple[Any, ...] = (rank, Commitment.id)
    place: tuple[Any, ...] = (here, bindparam("place"))
    lead: ColumnElement[int] = literal(0, Integer)
    if "quartier_id" in shape:
        lead = case((Commitment.nature.in_(_PROMISES), 0), else_=1)
        columns, place = (rank, lead, Commitment.id), (here, bindparam("lead"), bindparam("place"))
    statement = _filtered(select(Commitment.contract_id, lead.label("lead"), Commitment.id), shape, dialect)
    if here is not None:
        statement = statement.where(beyond(columns, place, backwards))
    return ordered(statement.where(rank.is_not(None)), columns, size, backwards=backwards)


def _rank(contracts: Sequence[int]) -> ColumnElement[Any]:
    """The place of a row's contract in the order. As an expression, it keeps the database from walking
    through a whole contract where another condition finds the few rows at once."""
    return case({contract: rank for rank, contract in enumerate(contracts)}, value=Commitment.contract_id)


def _wide_keys(
    shape: _Shape,
    dialect: str,
    contracts: tuple[int, ...],
    here: int | None,
    backwards: bool,
    size: int,
) -> Any:
    """Many rows may pass: each contract gives at most one page, along an index that holds its rows in order."""
    ranks = list(enumerate(contracts))
    if here is not None:
        ranks = ranks[: here + 1] if backwards else ranks[here:]
    pages: list[Any] = []
    for rank, contract in ranks:
        part = _filtered(
            select(Commitment.contract_id, Commitment.id, literal(rank, Integer).label("rank")),
            shape,
            dialect,
        ).where(Commitment.contract_id == contract)
        if rank == here:
            part = part.where(beyond((Commitment.id,), (bindparam("place"),), backwards))
        pages.append(select(ordered(part, (Commitment.id,), size, backwards=backwards).subquery()))
    either = union_all(*pages).subquery()
    return ordered(
        select(either.c.contract_id, literal(0, Integer).label("lead"), either.c.id),
        (either.c.rank, either.c.id),
        size,
        backwards=backwards,
    )


def _filtered(statement: Any, shape: _Shape, dialect: str) -> Any:
    """All filters but the contract's, their values as parameters."""
    state: ColumnElement[str] = Commitment.state  # type: ignore[assignment]
    if "quartier_id" in shape:
        covers = commitment_quartier.c
        statement = statement.join(
            commitment_quartier,
            (covers.commitment_id == Commitment.id) & (covers.quartier_id == bindparam("quartier_id")),
        )
        state = func.coalesce(covers.state, Commitment.state)
    statement = statement.where(Commitment.retired_at.is_(None))
    conditions: dict[str, Callable[[str], ColumnElement[bool]]] = {
        "commune_id": lambda name: _linked(
            commitment_commune, commitment_commune.c.commune_id == bindparam(name)
        ),
        "organisation_ids": lambda name: _linked(
            commitment_holder, commitment_holder.c.organisation_id.in_(bindparam(name, expanding=True))
        ),
        "axis_id": lambda name: Commitment.id.in_(_under_axis(bindparam(name))),
        "theme": lambda name: Commitment.theme == bindparam(name),
        "state": lambda name: state == bindparam(name),
        "nature": lambda name: Commitment.nature == bindparam(name),
        "first": lambda name: Commitment.deadline_date >= bindparam(name),
        "last": lambda name: Commitment.deadline_date <= bindparam(name),
        "open_states": lambda name: state.in_(bindparam(name, expanding=True)),
        "typed_words": lambda name: found(dialect),
    }
    for name in shape:
        if name in conditions:
            statement = statement.where(conditions[name](name))
    return statement


def _linked(table: Any, condition: Any) -> ColumnElement[bool]:
    return Commitment.id.in_(select(table.c.commitment_id).where(condition))


def _under_axis(axis_id: Any) -> Any:
    """Ids of the commitments of an axis and of all axes below it."""
    top = select(Axis.id).where(Axis.id == axis_id).cte("under", recursive=True)
    child = aliased(Axis)
    under = top.union(select(child.id).join(top, child.parent_id == top.c.id))
    return select(commitment_axis.c.commitment_id).where(commitment_axis.c.axis_id.in_(select(under.c.id)))
