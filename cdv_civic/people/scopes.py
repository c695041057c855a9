"""For which contracts somebody may act."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from cdv_civic.core.policy import ACTIONS, Actor


def contracts_of(actor: Actor, action: str) -> frozenset[int] | None:
    """Ids of the contracts that `actor` may do `action` on; None where it is all of them."""
    granted = [grant.contract_id for grant in actor.grants if grant.role in ACTIONS[action]]
    if None in granted:
        return None
    return frozenset(contract_id for contract_id in granted if contract_id is not None)


def within(
    column: InstrumentedAttribute[int], contracts: frozenset[int] | Sequence[int] | None
) -> ColumnElement[bool]:
    """The condition that a row belongs to one of `contracts` (None: to any)."""
    return true() if contracts is None else column.in_(sorted(contracts))
