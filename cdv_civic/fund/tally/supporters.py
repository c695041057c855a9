"""Who may pay for a project with equal shares, and what the project is worth to them."""

from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from cdv_civic.fund.tally.election import Election, Integers

Floats = npt.NDArray[np.float64]

#: Relative error of a few operations on floating-point numbers, rounded up. Sums have `Supporters.rounding`.
EPSILON: Final = 32 * float(np.finfo(np.float64).eps)


#: Of longer sums BLAS makes threads, and these wait for each other where other programs keep processors busy.
MOST_AT_ONCE: Final = 8192


def sum_where(numbers: Floats, flags: npt.NDArray[np.bool_]) -> float:
    """The sum of the numbers whose flag stands."""
    if len(numbers) <= MOST_AT_ONCE:
        return float(numbers.dot(flags))
    begins = range(0, len(numbers), MOST_AT_ONCE)
    return sum(float(numbers[at : at + MOST_AT_ONCE].dot(flags[at : at + MOST_AT_ONCE])) for at in begins)


class Utility(StrEnum):
    """What a project that wins is worth to a voter who supports it."""

    COST = "cost"
    COUNT = "count"
    POINTS = "points"


class Supporters:
    """Those who may pay for one project."""

    def __init__(
        self, groups: Integers, units: Integers, voters: Integers, cost: Fraction, worth: Fraction
    ) -> None:
        self.groups = groups
        self.units = units  #: a voter pays in these; rho is for `worth` of one
        self.weights = voters * units
        self.voters = voters
        self.cost = cost
        self.worth = worth
        self.cost_float = float(cost)
        self.worth_float = float(worth)
        self.units_float: Floats = units.astype(np.float64)
        self.weights_float: Floats = self.weights.astype(np.float64)
        self.voters_float: Floats = voters.astype(np.float64)
        self.all_weights = float(self.weights.sum())
        self.all_voters = float(voters.sum())
        self.most_units = float(units.max()) if len(units) else 0.0
        self.least_weight = float(self.weights.min()) if len(units) else 0.0
        #: Bound of the relative error of a sum over all groups, in whatever order it is taken.
        self.rounding = (len(groups) + 32) * float(np.finfo(np.float64).eps)

    @cached_property
    def same_as(self) -> tuple[object, ...]:
        """Equal for projects that cost the same and are worth the same to the same voters: at each moment their price
        is the same too.
        """
        return (self.cost, self.worth, self.groups.tobytes(), self.units.tobytes())


def supporters_of(election: Election, utility: Utility) -> list[Supporters]:
    """For each project those to whom it is worth something."""
    found = []
    for project, support in zip(election.projects, election.supports, strict=True):
        units = support.points if utility is Utility.POINTS else np.ones_like(support.points)
        worth = project.cost if utility is Utility.COST else Fraction(1)
        found.append(Supporters(support.groups, units, support.voters, project.cost, worth))
    return found
