"""Exact prices and sums of a run of equal shares.

What a voter has left is never kept: it is the share, less the price of each project that they paid in full (`units`
times the price of a unit), or nothing once they could not pay one in full. So the exact price of a project is a
fraction of whole numbers and of earlier exact prices, with one term for each project bought, however many voters there
are.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from cdv_civic.fund.tally.election import Integers
from cdv_civic.fund.tally.supporters import Supporters

Flags = npt.NDArray[np.bool_]

#: Numbers of kinds of voters stay below, so that they fit in 64 bits.
MOST_NUMBER: Final = 2**62


class Bought:
    """A project bought at its price per unit, and which of its supporters paid in full.

    What exact prices ask for is picked out once one is asked for.
    """

    def __init__(self, who: Supporters, project: int, full: Flags, out: Flags) -> None:
        self._who = who
        self.full = full  #: of its supporters, who paid in full
        self.out = out  #: who gave all they had left
        self.project = project

    @property
    def cost(self) -> Fraction:
        """What its supporters paid together."""
        return self._who.cost

    def same_voters(self, other: "Bought") -> bool:
        """Whether the same voters pay for both in full, and the same give all they have left."""
        return np.array_equal(self.full, other.full) and np.array_equal(self.out, other.out)

    @cached_property
    def groups(self) -> Integers:
        """Who paid in full, ascending."""
        return self._who.groups[self.full]

    @cached_property
    def units(self) -> Integers:
        """What each of them paid for."""
        return self._who.units[self.full]

    @cached_property
    def unit_sum(self) -> int:
        """Units of all voters who paid in full."""
        return int(self._who.weights[self.full].sum())

    @cached_property
    def in_full(self) -> int:
        """Voters who paid in full."""
        return int(self._who.voters[self.full].sum())

    @cached_property
    def spent_out(self) -> Integers:
        """Who gave all they had left: how much that was is a sum over earlier purchases."""
        return self._who.groups[self.out]

    @cached_property
    def spent_out_voters(self) -> Integers:
        """How many voters each of those groups has."""
        return self._who.voters[self.out]

    def units_of(self, groups: Integers) -> Integers:
        """What a voter of each of these groups paid for in full: 0 where they did not."""
        found = np.zeros(len(groups), np.int64)
        if len(self.groups):
            at = np.minimum(self.groups.searchsorted(groups), len(self.groups) - 1)
            same = self.groups[at] == groups
            found[same] = self.units[at[same]]
        return found


class ExactSums:
    """What was bought so far, and what follows from it exactly."""

    def __init__(self, groups: int, share: Fraction) -> None:
        self._groups = groups
        self._share = share
        self._position: dict[int, int] = {}  # by project
        self._prices: dict[int, Fraction] = {}  # by project, once they are asked for
        self.bought: list[Bought] = []

    def add(self, bought: Bought, price: Fraction | None) -> None:
        """Note a purchase, and the exact price of a unit where it is known already."""
        self._position[bought.project] = len(self.bought)
        self.bought.append(bought)
        if price is not None:
            self._prices[bought.project] = price

    def _terms(self, groups: Integers, voters: Integers, until: int) -> list[tuple[Bought, int]]:
        """Units of the first purchases that these voters paid in full."""
        if not len(groups):
            return []
        weight = np.zeros(self._groups, np.int64)
        weight[groups] = voters
        found = []
        for each in self.bought[:until]:
            units = int(weight.take(each.groups).dot(each.units))
            if units:
                found.append((each, units))
        return found

    def _given(self, bought: Bought) -> tuple[int, list[tuple[Bought, int]]]:
        terms = self._terms(bought.spent_out, bought.spent_out_voters, self._position[bought.project])
        return int(bought.spent_out_voters.sum()), terms

    def price(self, bought: Bought) -> Fraction:
        """The exact price of a unit.

        It may rest on that of an earlier purchase, and that on another: those asked for wait in a list, as calls could
        not go as deep.
        """
        asked = [] if bought.project in self._prices else [(bought, *self._given(bought))]
        while asked:
            each, voters, terms = asked[-1]
            unknown = next((earlier for earlier, _ in terms if earlier.project not in self._prices), None)
            if unknown is not None:
                asked.append((unknown, *self._given(unknown)))
            else:
                self._prices[each.project] = (each.cost - self._less(voters, terms)) / each.unit_sum
                asked.pop()
        return self._prices[bought.project]

    def _less(self, voters: int, terms: Sequence[tuple[Bought, int]]) -> Fraction:
        return self._share * voters - sum(
            (self.price(bought) * units for bought, units in terms), Fraction(0)
        )

    def left_together(self, groups: Integers, voters: Integers) -> Fraction:
        """What these voters, none of them spent out, have left together."""
        return self._less(int(voters.sum()), self._terms(groups, voters, len(self.bought)))

    def left_of_many(self, many: Sequence[tuple[Integers, Integers]]) -> list[Fraction]:
        """`left_together` of many sets of voters at once: one look at each purchase, instead of one for each set."""
        some = [place for place, (groups, _voters) in enumerate(many) if len(groups)]
        amounts = [self._share * int(voters.sum()) for _groups, voters in many]
        if not some:
            return amounts
        groups = np.concatenate([many[place][0] for place in some])
        voters = np.concatenate([many[place][1] for place in some])
        begins = np.cumsum([0, *(len(many[place][0]) for place in some[:-1])])
        units = np.zeros(self._groups, np.int64)
        for bought in self.bought:
            units[bought.groups] = bought.units
            paid = np.add.reduceat(voters * units[groups], begins)
            units[bought.groups] = 0
            for found in np.flatnonzero(paid).tolist():
                amounts[some[found]] -= self.price(bought) * int(paid[found])
        return amounts

    def left_each(self, groups: Integers) -> list[Fraction]:
        """What a voter of each of these groups, none of them spent out, has left.

        Groups that paid in full for the same have the same left: each kind of them is computed once.
        """
        if not len(groups):
            return []
        kinds, numbers = np.zeros(len(groups), np.int64), 1
        paid = []
        for bought in self.bought:
            units = bought.units_of(groups)
            if units.any():
                paid.append((bought, units))
                more = int(units.max()) + 1
                if numbers * more > MOST_NUMBER:
                    found, kinds = np.unique(kinds, return_inverse=True)
                    numbers = len(found)
                kinds, numbers = kinds * more + units, numbers * more
        _kinds, firsts, kinds = np.unique(kinds, return_index=True, return_inverse=True)
        amounts = [self._share] * len(firsts)
        for bought, units in paid:
            price = self.price(bought)
            for place, each in enumerate(units[firsts].tolist()):
                if each:
                    amounts[place] -= price * each
        return [amounts[kind] for kind in kinds.tolist()]
