"""Who comes first of projects that are equal: an order that is fixed before the count.

A tie is met anew at each share that add-1 tries; the same order answers it every time. A lot is drawn once, before the
count, and published as an order.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from cdv_civic.fund.tally.election import Election


class TieCriterion(StrEnum):
    """One link of the chain; the next one decides where it finds no difference."""

    COST = "cost"  #: the cheapest first
    VOTES = "votes"  #: most votes first
    ORDER = "order"  #: as a published list says; what it does not name comes after
    CODE = "code"  #: codes compared as text; no two are equal


#: What residents find fair: more projects for the same money, then more voters, then the lot.
CHAIN: Final = (TieCriterion.COST, TieCriterion.VOTES, TieCriterion.ORDER, TieCriterion.CODE)
#: As the reference library breaks ties.
BY_CODE: Final = (TieCriterion.CODE,)


def chain_from(first: TieCriterion) -> tuple[TieCriterion, ...]:
    """The chain with this criterion put first, and code last."""
    if first is TieCriterion.CODE:
        return BY_CODE
    return (first, *(each for each in CHAIN if each is not first))


def tie_ranks(
    election: Election, chain: Sequence[TieCriterion], order: Sequence[str] = ()
) -> tuple[int, ...]:
    """The place of each project among all that could be equal, 0 first; no two have the same.

    Raises:
        ValueError: the order names a code twice.
    """
    listed: Mapping[str, int] = {code: place for place, code in enumerate(order)}
    if len(listed) != len(order):
        raise ValueError("a code stands twice in the order of ties")
    said: dict[TieCriterion, Callable[[int], object]] = {
        TieCriterion.COST: lambda index: election.projects[index].cost,
        TieCriterion.VOTES: lambda index: -election.supports[index].votes,
        TieCriterion.ORDER: lambda index: listed.get(election.projects[index].code, len(listed)),
        TieCriterion.CODE: lambda index: election.projects[index].code,
    }
    keys = [said[criterion] for criterion in (*chain, TieCriterion.CODE)]
    ordered = sorted(range(len(election.projects)), key=lambda index: tuple(key(index) for key in keys))
    ranks = [0] * len(ordered)
    for rank, index in enumerate(ordered):
        ranks[index] = rank
    return tuple(ranks)
