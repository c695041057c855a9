"""The budget of a project: lines that add up to its cost, co-funders beside the grant, and what was spent in the end.

Amounts are whole cents.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

#: No micro-project costs more: beyond, somebody typed a mistake.
MOST_CENTS: Final = 1_000_000_00
MOST_LINES: Final = 40


class BudgetFault(StrEnum):
    """What is wrong with a budget."""

    NO_LINE = "no-line"
    TOO_MANY_LINES = "too-many-lines"
    LINE_OUT_OF_RANGE = "line-out-of-range"  #: below 1 cent or above `MOST_CENTS`
    #: The grant and the co-funders together are not what the lines cost.
    DOES_NOT_ADD_UP = "does-not-add-up"
    #: Co-funders granted more than they were asked for, or all of them more than the cost.
    MORE_THAN_THE_COST = "more-than-the-cost"


@dataclass(frozen=True)
class CostLine:
    """One thing that the project pays for."""

    label: str
    cents: int
    spent_cents: int | None = None  #: once the review says so


@dataclass(frozen=True)
class CoFunder:
    """Who else pays."""

    name: str
    asked_cents: int
    granted_cents: int | None = None  #: None while nobody knows


@dataclass(frozen=True)
class ProjectBudget:
    """What a project costs, and who pays."""

    lines: Sequence[CostLine]
    asked_cents: int  #: of the fund
    co_funders: Sequence[CoFunder] = ()
    own_cents: int = 0  #: of the carrier

    @property
    def cost_cents(self) -> int:
        """What all lines come to."""
        return sum(line.cents for line in self.lines)

    @property
    def found_cents(self) -> int:
        """What the fund, the carrier and the co-funders bring; a co-funder who answered brings what was granted."""
        others = sum(
            each.asked_cents if each.granted_cents is None else each.granted_cents for each in self.co_funders
        )
        return self.asked_cents + self.own_cents + others

    @property
    def gap_cents(self) -> int:
        """What is lacking; below 0 what is too much."""
        return self.cost_cents - self.found_cents

    def faults(self) -> frozenset[BudgetFault]:
        """What is wrong with it, all at once."""
        return frozenset(self._faults())

    def _faults(self) -> Iterator[BudgetFault]:
        if not self.lines:
            yield BudgetFault.NO_LINE
        if len(self.lines) > MOST_LINES:
            yield BudgetFault.TOO_MANY_LINES
        if any(not 0 < line.cents <= MOST_CENTS for line in self.lines):
            yield BudgetFault.LINE_OUT_OF_RANGE
        amounts = [self.own_cents, self.asked_cents]
        amounts += [
            cents for each in self.co_funders for cents in (each.asked_cents, each.granted_cents or 0)
        ]
        if any(not 0 <= cents <= MOST_CENTS for cents in amounts):
            yield BudgetFault.LINE_OUT_OF_RANGE
        if any((each.granted_cents or 0) > each.asked_cents for each in self.co_funders):
            yield BudgetFault.MORE_THAN_THE_COST
        if self.gap_cents < 0:
            yield BudgetFault.MORE_THAN_THE_COST
        elif self.gap_cents and all(each.granted_cents is None for each in self.co_funders):
            # A co-funder who granted less leaves a gap that the carrier answers for: it is said, not refused.
            yield BudgetFault.DOES_NOT_ADD_UP

    def unspent_cents(self, paid_cents: int) -> int:
        """What returns to the envelope of a grant of which the review tells what was spent.

        What the others bring is spent first: all that was saved returns, at most the grant. Nothing returns while a
        line has no amount spent.
        """
        if any(line.spent_cents is None for line in self.lines):
            return 0
        spent = sum(line.spent_cents or 0 for line in self.lines)
        others = self.found_cents - self.asked_cents
        return min(paid_cents, max(0, paid_cents + others - spent))
