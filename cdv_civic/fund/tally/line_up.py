"""What is the same for every share that add-1 tries: how the count begins, and its first purchases.

While nobody is spent out, a project costs each unit of support the same, whatever the share. So the projects that are
bought first, one by one clearly cheaper than all that follow, are known once for all shares at which their supporters
have more than enough.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from cdv_civic.fund.tally.exact_sums import Bought
from cdv_civic.fund.tally.supporters import EPSILON, Floats, Supporters

#: Shares are that much larger than what a first purchase takes of anybody: no error of a floating-point number matters.
MARGIN: Final = 1 + 1e-9


class FirstPurchase(NamedTuple):
    """A project that is bought before anybody is spent out."""

    bought: Bought
    price: float  #: per unit
    high: float  #: rho at most
    rival: float  #: rho of all others at least
    most: float  #: what it and those before it take of a voter, at most


class LineUp:
    """Projects as a count begins.

    Twins have at each moment the same price: of them only the first in rank waits, and the next once it is bought.
    """

    def __init__(self, groups: int, supporters: Sequence[Supporters], ranks: Sequence[int]) -> None:
        self.groups = groups  #: how many groups of voters there are
        self.supporters = supporters
        self.ranks = ranks
        supported = [index for index, who in enumerate(supporters) if len(who.groups)]
        #: What costs nothing and is worth something to somebody, by rank.
        self.free = sorted(
            (index for index in supported if not supporters[index].cost and supporters[index].worth > 0),
            key=ranks.__getitem__,
        )
        alike: dict[tuple[object, ...], list[int]] = {}
        for index in sorted(supported, key=ranks.__getitem__):
            if supporters[index].cost > 0:
                alike.setdefault(supporters[index].same_as, []).append(index)
        #: By the first of them, where there are others: those, the next one last.
        self.twins = {first: others[::-1] for first, *others in alike.values() if others}
        #: Lower bounds of the price per unit: all supporters pay the same for one.
        self.at_least = {
            first: supporters[first].cost_float / supporters[first].all_weights * (1 - EPSILON)
            for first, *_others in alike.values()
        }
        #: Lower bounds of rho and projects, ascending.
        self.waiting = sorted(
            (price / supporters[index].worth_float * (1 - EPSILON), index)
            for index, price in self.at_least.items()
        )
        self._first = self._first_purchases()
        self._spent: tuple[int, Floats] = (0, np.zeros(groups))

    def _first_purchases(self) -> list[FirstPurchase]:
        found: list[FirstPurchase] = []
        spent: Floats = np.zeros(self.groups)
        most = 0.0
        for place, (low, index) in enumerate(self.waiting):
            who = self.supporters[index]
            price = who.cost_float / who.all_weights
            high = price / who.worth_float * (1 + EPSILON)
            rival = self.waiting[place + 1][0] if place + 1 < len(self.waiting) else float("inf")
            if index in self.twins or not low < high < rival:
                break
            spent[who.groups] += price * who.units_float
            most = max(most, float(spent[who.groups].max()))
            everybody = np.ones(len(who.groups), np.bool_)
            found.append(FirstPurchase(Bought(who, index, everybody, ~everybody), price, high, rival, most))
        return found

    def first_purchases(self, share: float) -> list[FirstPurchase]:
        """What is bought with this share before anybody may be spent out."""
        known = bisect_left(self._first, share / MARGIN, key=lambda each: each.most)
        return self._first[:known]

    def spent(self, purchases: int) -> Floats:
        """What each voter has paid for that many first purchases; not to be changed."""
        if self._spent[0] != purchases:
            spent: Floats = np.zeros(self.groups)
            for each in self._first[:purchases]:
                who = self.supporters[each.bought.project]
                spent[who.groups] += each.price * who.units_float
            self._spent = (purchases, spent)
        return self._spent[1]
