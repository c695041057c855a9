"""The count: an election and its rule in, who is selected and why out."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

import numpy as np

from cdv_civic.fund.tally.completing import Completion, Shares, cost_of, equal_shares
from cdv_civic.fund.tally.election import Election
from cdv_civic.fund.tally.equal_shares import Payment
from cdv_civic.fund.tally.most_votes import most_votes, scores
from cdv_civic.fund.tally.supporters import Utility
from cdv_civic.fund.tally.ties import BY_CODE, TieCriterion, tie_ranks


class TallyRule(StrEnum):
    """How an envelope is shared between projects."""

    MOST_VOTES = "most-votes"
    EQUAL_SHARES = "equal-shares"


@dataclass(frozen=True)
class TallyRules:
    """What was decided before the vote."""

    rule: TallyRule = TallyRule.EQUAL_SHARES
    utility: Utility = Utility.COST
    completion: Completion = Completion.NONE
    ties: Sequence[TieCriterion] = BY_CODE
    order: Sequence[str] = ()  #: codes as a lot put them before the count, for `TieCriterion.ORDER`
    #: Whether most votes first wins where more voters are better off with it.
    compare: bool = False
    threshold: int = 0  #: fewest votes of a project that is counted


class FateReason(StrEnum):
    """Why a project is selected or not."""

    TAKEN = "taken"  #: most votes first: it fitted in what was left
    DID_NOT_FIT = "did-not-fit"
    BOUGHT = "bought"  #: equal shares: its supporters paid for it
    NOT_PAID_FOR = "not-paid-for"  #: its supporters had too little left
    NO_SUPPORT = "no-support"
    BELOW_THRESHOLD = "below-threshold"
    WITHDRAWN = "withdrawn"


SELECTED: Final = frozenset({FateReason.TAKEN, FateReason.BOUGHT})


@dataclass(frozen=True)
class ProjectFate:
    """What became of one project, with the numbers that show why."""

    code: str
    reason: FateReason
    votes: int
    points: int | None  #: where ballots hold points
    cost: Fraction
    #: Of the envelope as its turn came (most votes first), or of its supporters' shares at the end (not paid for).
    left: Fraction | None = None
    payment: Payment | None = None
    withdrawn: str = ""  #: why

    @property
    def selected(self) -> bool:
        """Whether the envelope pays for it."""
        return self.reason in SELECTED


@dataclass(frozen=True)
class Comparison:
    """How many voters are better off with either rule."""

    equal_shares: int
    most_votes: int
    alike: int


@dataclass(frozen=True)
class Count:
    """The result of an election."""

    rules: TallyRules
    #: The rule whose selection stands: the other one where the comparison says so.
    rule: TallyRule
    selected: tuple[str, ...]  #: codes, in the order in which they were taken
    spent: Fraction
    envelope: Fraction
    ballots: int  #: blank ones too
    blank: int  #: with a share or without
    #: Each project: the selected ones first, in their order, then the others in the order of their turn or their votes,
    #: those that were not counted last.
    fates: tuple[ProjectFate, ...]
    share: Fraction | None  #: of each ballot, at the start
    raised_share: Fraction | None  #: at the end of add-1
    without_any: int  #: voters of whose projects none is selected
    comparison: Comparison | None

    @property
    def left(self) -> Fraction:
        """Of the envelope, what is not spent."""
        return self.envelope - self.spent


class _Counted(ABC):
    """One rule's selection among the projects that stand, and how it came to it."""

    def __init__(self, election: Election, selected: Sequence[int]) -> None:
        self.election = election
        self.selected = selected

    def fates(self) -> list[ProjectFate]:
        """The selected first, in their order."""
        taken = set(self.selected)
        others = [index for index in self._turns() if index not in taken]
        return [self._fate(index) for index in (*self.selected, *others)]

    @abstractmethod
    def _turns(self) -> Sequence[int]:
        """All projects, in the order in which those that are not selected are told."""

    @abstractmethod
    def _fate(self, index: int) -> ProjectFate:
        """What became of one of them."""

    def _told(self, index: int, reason: FateReason, **numbers: Any) -> ProjectFate:
        return fate_of(self.election, index, reason, **numbers)


class _ByVotes(_Counted):
    def __init__(self, election: Election, ranks: Sequence[int]) -> None:
        looks = most_votes(election, ranks)
        super().__init__(election, [look.project for look in looks if look.taken])
        self._looks = {look.project: look for look in looks}

    def _turns(self) -> Sequence[int]:
        return list(self._looks)

    def _fate(self, index: int) -> ProjectFate:
        look = self._looks[index]
        return self._told(index, FateReason.TAKEN if look.taken else FateReason.DID_NOT_FIT, left=look.left)


class _ByShares(_Counted):
    def __init__(self, election: Election, ranks: Sequence[int], shares: Shares) -> None:
        super().__init__(election, shares.selected)
        self._looks = {look.project: look for look in shares.looks}
        self._payments = shares.run.payments()
        others = [index for index in range(len(election.projects)) if index not in self._payments]
        self._left = dict(zip(others, shares.run.left_for(others), strict=True))
        self._ranks = ranks

    def _turns(self) -> Sequence[int]:
        given = scores(self.election)
        return sorted(range(len(given)), key=lambda index: (-given[index], self._ranks[index]))

    def _fate(self, index: int) -> ProjectFate:
        look = self._looks.get(index)
        if look is not None and look.taken:
            return self._told(index, FateReason.TAKEN, left=look.left)
        if index in self._payments:
            return self._told(index, FateReason.BOUGHT, payment=self._payments[index])
        if not self.election.supports[index].votes:
            return self._told(index, FateReason.NO_SUPPORT)
        return self._told(index, FateReason.NOT_PAID_FOR, left=self._left[index])


def fate_of(election: Election, index: int, reason: FateReason, **numbers: Any) -> ProjectFate:
    """What became of a project."""
    project, support = election.projects[index], election.supports[index]
    points = support.all_points if election.kind.has_points else None
    return ProjectFate(
        project.code, reason, support.votes, points, project.cost, withdrawn=project.withdrawn, **numbers
    )


def worth_of(election: Election, utility: Utility, selected: Sequence[int]) -> list[Fraction]:
    """What a selection is worth to a voter of each group."""
    # Whole numbers of the smallest part of all costs, as Python holds them: no sum is too large.
    parts = math.lcm(*(election.projects[index].cost.denominator for index in selected))
    total = np.zeros(len(election.voters), np.object_)
    for index in selected:
        support = election.supports[index]
        each = election.projects[index].cost if utility is Utility.COST else Fraction(1)
        worth = support.points.astype(np.object_) if utility is Utility.POINTS else 1
        total[support.groups] += worth * int(each * parts)
    return [Fraction(each, parts) for each in total.tolist()]


def compare(election: Election, utility: Utility, shares: Sequence[int], votes: Sequence[int]) -> Comparison:
    """How many voters are better off with one selection than with the other."""
    better, worse, alike = 0, 0, 0
    for one, other, voters in zip(
        worth_of(election, utility, shares),
        worth_of(election, utility, votes),
        election.voters.tolist(),
        strict=True,
    ):
        if one > other:
            better += voters
        elif one < other:
            worse += voters
        else:
            alike += voters
    return Comparison(better, worse, alike)


def _with_something(election: Election, selected: Sequence[int]) -> int:
    """Voters of whose projects at least one is selected."""
    reached = np.zeros(len(election.voters), np.bool_)
    for index in selected:
        reached[election.supports[index].groups] = True
    return int(election.voters[reached].sum())


def _set_aside(election: Election, reasons: Mapping[int, FateReason]) -> list[ProjectFate]:
    fates = [fate_of(election, index, reason) for index, reason in reasons.items()]
    return sorted(fates, key=lambda fate: (-fate.votes, fate.code))


def count(election: Election, rules: TallyRules) -> Count:
    """Count an election.

    Raises:
        ValueError: the order of ties names a code twice; utility by points without points on ballots.
    """
    if (
        rules.rule is TallyRule.EQUAL_SHARES
        and rules.utility is Utility.POINTS
        and not election.kind.has_points
    ):
        raise ValueError("utility by points needs points on ballots")
    aside = {
        index: FateReason.WITHDRAWN if project.withdrawn else FateReason.BELOW_THRESHOLD
        for index, (project, support) in enumerate(zip(election.projects, election.supports, strict=True))
        if project.withdrawn or support.votes < rules.threshold
    }
    standing = election.without({election.projects[index].code for index in aside})
    ranks = tie_ranks(standing, rules.ties, rules.order)
    by_votes = _ByVotes(standing, ranks)
    counted: _Counted = by_votes
    shares: Shares | None = None
    comparison: Comparison | None = None
    if rules.rule is TallyRule.EQUAL_SHARES:
        shares = equal_shares(standing, ranks, rules.utility, rules.completion)
        if rules.compare:
            comparison = compare(standing, rules.utility, shares.selected, by_votes.selected)
        if comparison is None or comparison.most_votes <= comparison.equal_shares:
            counted = _ByShares(standing, ranks, shares)
    return Count(
        rules,
        TallyRule.MOST_VOTES if counted is by_votes else TallyRule.EQUAL_SHARES,
        tuple(standing.projects[index].code for index in counted.selected),
        cost_of(standing, counted.selected),
        election.envelope,
        election.ballots + election.blank_apart,
        election.blank + election.blank_apart,
        (*counted.fates(), *_set_aside(election, aside)),
        standing.share if shares else None,
        shares.share if shares else None,
        election.ballots - election.blank - _with_something(standing, counted.selected),
        comparison,
    )
