"""Equal shares: each ballot has the same share to spend, and supporters of a project pay for it together.

The Method of Equal Shares (Peters, Pierczyński, Skowron: "Proportional Participatory Budgeting with Additive
Utilities", NeurIPS 2021). A project is bought at price rho where its supporters, each paying at most rho for each unit
of what the project is worth to them and at most what they have left, reach its cost. The project with the lowest rho is
bought, and so on until no supporters can pay for any.

**Exact, and fast.** Prices are compared as floating-point numbers whose error is bounded as they are computed; where
bounds overlap, exact fractions decide (`exact_sums`).
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np

from cdv_civic.fund.tally.election import Integers
from cdv_civic.fund.tally.exact_sums import Bought, ExactSums, Flags
from cdv_civic.fund.tally.line_up import LineUp
from cdv_civic.fund.tally.supporters import EPSILON, Floats, sum_where

#: Offers are looked at up to this times the best: the better it is known how far the others are, the more shares add-1
#: can pass over.
LOOK_FURTHER: Final = 1.03
#: A larger error of what voters have left, in shares: exact prices are put in its place.
MOST_ERROR: Final = 1e-8
#: Stands for nothing at all of which it is not known that it is nothing.
LEAST: Final = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class Payment:
    """How the supporters of a project paid for it together."""

    price: Fraction  #: what a voter paid for each unit of support who could (a vote, or a point); 0 for what is free
    in_full: int  #: voters who paid that
    spent_out: int  #: the other supporters: they had less left, perhaps nothing, and gave it all
    rest: Fraction  #: what those gave together


@dataclass(frozen=True)
class Purchase:
    """A project bought, and how dear it was."""

    project: int
    rank: int
    #: Its rho is no higher, with the errors of floating-point numbers; 0 for what is free.
    high: float
    #: No other project had a lower rho, but for the next.
    rival: float
    #: Of those whose rho floating-point numbers could not tell from this one's: the lowest, exactly, and its rank.
    near: tuple[Fraction, int] | None
    #: What was bought, and who paid for it; None for what is free.
    bought: Bought | None = None
    #: Where a run looks closely. Others whose rho was computed: at least that, and who would have given all for them.
    others: Mapping[int, tuple[float, bytes]] | None = None
    beyond: float = float("inf")  #: no project of which nothing was computed had a lower rho


class _Offer(NamedTuple):
    """What a project would cost now."""

    price: float  #: per unit
    error: float
    low: float  #: rho at least
    high: float  #: rho at most
    left: Floats  #: of each supporter
    keeps: Floats  #: what they would have left, below 0 for those who give all


class EqualShares:
    """One run of the rule with one share.

    >>> EqualShares(LineUp(len(election.voters), supporters, ranks), share).run()

    With `closely` each purchase notes who would have paid how for the others that came near.
    """

    def __init__(self, line_up: LineUp, share: Fraction, *, closely: bool = False) -> None:
        self._closely = closely
        self._supporters = line_up.supporters
        self._ranks = line_up.ranks
        self._share = float(share)
        self._sums = ExactSums(line_up.groups, share)
        self.purchases = [
            Purchase(index, self._ranks[index], 0.0, float("inf"), None) for index in line_up.free
        ]
        first = line_up.first_purchases(self._share)
        for bought, _price, high, rival, _most in first:
            self._sums.add(bought, None)
            self.purchases.append(
                Purchase(bought.project, self._ranks[bought.project], high, rival, None, bought)
            )
        self._left: Floats = self._share - line_up.spent(len(first))
        #: No voter who can still pay has this much more or less than `_left` says.
        self._error = self._share * EPSILON * (2 * len(first) + 1)
        self._waiting = line_up.waiting[len(first) :]
        self._at_least = line_up.at_least.copy()
        self._twins = {index: others.copy() for index, others in line_up.twins.items()}

    # --- floating-point numbers ------------------------------------------------------------------

    def _offer(self, index: int) -> _Offer | None:
        """The price of a project now, or None where its supporters have too little left.

        What supporters would pay together grows with the price, ever more slowly: from a lower bound Newton's method
        climbs, never beyond, and ends once nobody more is spent out.
        """
        who = self._supporters[index]
        left = self._left.take(who.groups)
        funds = who.voters_float * left
        available = float(np.add.reduce(funds))
        rounding = who.rounding * who.cost_float
        doubt = who.all_voters * self._error + who.rounding * available + rounding
        if available < who.cost_float + doubt and (
            available < who.cost_float - doubt or self._exactly_available(index) < who.cost
        ):
            return None
        price, open_weights = self._at_least[index], -1.0
        while True:
            keeps = left - price * who.units_float
            out: Flags = keeps <= 0.0
            still_open = who.all_weights - sum_where(who.weights_float, out)
            if still_open == open_weights:
                break
            open_weights = still_open
            if open_weights <= 0:
                # Nobody keeps anything: the last to give all sets the price.
                price = float((left / who.units_float).max())
                keeps, open_weights = left - price * who.units_float, who.least_weight
                break
            price = max(price, (who.cost_float - sum_where(funds, out)) / open_weights)
        voters_out = sum_where(who.voters_float, keeps <= 0.0)
        error = (voters_out * self._error + 3 * rounding) / open_weights + EPSILON * price
        margin = self._error + error * who.most_units + EPSILON * self._share
        if sum_where(who.weights_float, keeps > margin) != open_weights:
            # Some of whom it is open whether they keep something may pay no more at a higher price: others do.
            error = (who.all_voters * self._error + 3 * rounding) / who.least_weight + EPSILON * price
        rho, slip = price / who.worth_float, error / who.worth_float
        self._at_least[index] = max(self._at_least[index], price - error)
        return _Offer(price, error, rho * (1 - EPSILON) - slip, rho * (1 + EPSILON) + slip, left, keeps)

    # --- exact numbers ---------------------------------------------------------------------------

    def _who_is_left(self, index: int) -> tuple[Integers, Integers]:
        """Groups of supporters who are not spent out, and their voters."""
        who = self._supporters[index]
        alive = self._left[who.groups] > 0.0
        return who.groups[alive], who.voters[alive]

    def _exactly_available(self, index: int) -> Fraction:
        return self._sums.left_together(*self._who_is_left(index))

    def _exact_offer(self, index: int, offer: _Offer) -> tuple[Fraction, Flags]:
        """The exact price per unit of a project that can be paid for, and which of its supporters give all for it."""
        who = self._supporters[index]
        alive = offer.left > 0.0
        doubt = self._error + offer.error * who.units_float + EPSILON * (offer.left + self._share)
        out: Flags = alive & (offer.keeps < -doubt)
        in_doubt = np.flatnonzero(alive & ~out & (offer.keeps <= doubt))
        ratios = sorted(
            (amount / int(who.units[place]), int(place))
            for amount, place in zip(self._sums.left_each(who.groups[in_doubt]), in_doubt, strict=True)
        )
        given = self._sums.left_together(who.groups[out], who.voters[out])
        weights = int(who.weights[alive & ~out].sum())
        for ratio, place in ratios:
            # The last of all would pay no more than what is lacking, as together they can pay.
            if (who.cost - given) / weights <= ratio:
                break
            out[place] = True
            given += ratio * int(who.weights[place])
            weights -= int(who.weights[place])
        return (who.cost - given) / weights, out

    # --- buying ----------------------------------------------------------------------------------

    def _in_doubt(self, index: int, offer: _Offer) -> bool:
        """Whether it is open of a supporter if they would give all."""
        doubt = self._error + offer.error * self._supporters[index].most_units + EPSILON * self._share
        return bool(((offer.left > 0.0) & (np.abs(offer.keeps) <= doubt)).any())

    def _gives_all(self, index: int, offer: _Offer) -> bytes:
        if self._in_doubt(index, offer):
            out = self._exact_offer(index, offer)[1]
        else:
            out = (offer.left > 0.0) & (offer.keeps <= 0.0)
        return np.packbits(out).tobytes()

    def _buy(self, index: int, offer: _Offer, exact: tuple[Fraction, Flags] | None) -> Bought:
        who = self._supporters[index]
        alive = offer.left > 0.0
        if exact is None and self._in_doubt(index, offer):
            exact = self._exact_offer(index, offer)
        if exact is None:
            price, error, out, keeps = offer.price, offer.error, alive & (offer.keeps <= 0.0), offer.keeps
        else:
            price, out = float(exact[0]), exact[1]
            error = EPSILON * price
            keeps = offer.left - price * who.units_float
        full = alive & ~out
        bought = Bought(who, index, full, out)
        self._sums.add(bought, exact[0] if exact else None)
        # What is left of somebody who paid in full may be nothing, exactly: they still count as able to pay it.
        self._left[who.groups] = np.where(full, np.maximum(keeps, LEAST), 0.0)
        self._error += error * who.most_units + EPSILON * self._share
        if self._error > MOST_ERROR * self._share:
            self._refresh()
        return bought

    def _refresh(self) -> None:
        """Compute anew what is left from exact prices: errors no longer add up."""
        alive = self._left > 0.0
        self._left = np.where(alive, self._share, 0.0)
        for bought in self._sums.bought:
            inside = alive[bought.groups]
            self._left[bought.groups[inside]] -= float(self._sums.price(bought)) * bought.units[inside]
        self._left[alive] = np.maximum(self._left[alive], LEAST)
        self._error = EPSILON * self._share * (len(self._sums.bought) + 1)

    def run(self) -> "EqualShares":
        """Buy until nobody can pay for what remains."""
        while True:
            best, offers = self._offers()
            if not offers:
                return self
            rivals = [index for index, offer in offers.items() if offer.low <= best]
            near = None
            exact = None
            chosen = rivals[0]
            if len(rivals) > 1:
                exactly = {index: self._exact_offer(index, offers[index]) for index in rivals}
                prices = sorted(
                    (exactly[each][0] / self._supporters[each].worth, self._ranks[each], each)
                    for each in rivals
                )
                chosen, near = prices[0][2], prices[1][:2]
                exact = exactly[chosen]
            lows = [offer.low for index, offer in offers.items() if index not in rivals]
            beyond = self._waiting[0][0] if self._waiting else float("inf")
            rival = min([*lows, beyond])
            others = {
                index: (offer.low, self._gives_all(index, offer))
                for index, offer in offers.items()
                if self._closely and index != chosen
            }
            for index, offer in offers.items():
                if index != chosen:
                    heapq.heappush(self._waiting, (offer.low, index))
            bought = self._buy(chosen, offers[chosen], exact)
            self.purchases.append(
                Purchase(
                    chosen,
                    self._ranks[chosen],
                    offers[chosen].high,
                    rival,
                    near,
                    bought,
                    others if self._closely else None,
                    beyond,
                )
            )
            if twins := self._twins.pop(chosen, None):
                following = twins.pop()
                self._twins[following] = twins
                self._at_least[following] = self._at_least[chosen]
                heapq.heappush(self._waiting, (offers[chosen].low, following))

    def _offers(self) -> tuple[float, dict[int, _Offer]]:
        """Offers that may be the lowest, and the highest that the lowest of them can be.

        Prices only rise as voters spend: what was computed before is a lower bound, and most need no look, but those
        that come near. A project that nobody can pay for falls out, and its twins with it.
        """
        best = float("inf")
        offers: dict[int, _Offer] = {}
        while self._waiting and self._waiting[0][0] <= best * LOOK_FURTHER:
            _low, index = heapq.heappop(self._waiting)
            offer = self._offer(index)
            if offer is not None:
                offers[index] = offer
                best = min(best, offer.high)
        return best, offers

    # --- what is told afterwards -----------------------------------------------------------------

    @property
    def selected(self) -> list[int]:
        """Projects bought, in their order."""
        return [purchase.project for purchase in self.purchases]

    def exact_price(self, place: int) -> Fraction:
        """The exact rho of a purchase by its place among them; 0 for what is free."""
        bought = place - (len(self.purchases) - len(self._sums.bought))
        if bought < 0:
            return Fraction(0)
        each = self._sums.bought[bought]
        return self._sums.price(each) / self._supporters[each.project].worth

    def payments(self) -> dict[int, Payment]:
        """How each project bought was paid for."""
        found = {
            index: Payment(Fraction(0), int(self._supporters[index].all_voters), 0, Fraction(0))
            for index in self.selected
        }
        for bought in self._sums.bought:
            price = self._sums.price(bought)
            others = int(self._supporters[bought.project].all_voters) - bought.in_full
            found[bought.project] = Payment(
                price, bought.in_full, others, bought.cost - price * bought.unit_sum
            )
        return found

    def left_for(self, projects: Sequence[int]) -> list[Fraction]:
        """What the supporters of each of these projects have left together at the end."""
        return self._sums.left_of_many([self._who_is_left(index) for index in projects])
