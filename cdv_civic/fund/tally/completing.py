"""What becomes of money that equal shares leaves unspent.

Add-1, as Pabulib's authors do it: each voter's share is raised by one currency unit, again and again, until the
selection costs more than the envelope (then the one before stands) or nothing that somebody supports fits in what is
left any more (then this one stands). The second stop matters: without it other projects win in one real election of
fifteen.

**Few shares are counted.** While the same projects are bought in the same order, a larger share leaves every voter at
least as much at each step, so that no price rises. Two shares at which the order is the same and at which, step by
step, the price of the winner at the smaller is below that of every other project at the larger (or equal, and the
winner comes first) thus hold between them nothing new, and all shares between are passed over.

Where prices stay nearer to each other than one share is to the next (projects that cost the same, and few voters), that
would still be every share. While the same voters pay in full and the same give all, each price is a straight line over
shares; two lines that do not cross at either end do not cross between. Once the search crawls, runs look closely: they
note who would pay how for the projects that come near, and shares at which this is the same are passed over too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from cdv_civic.fund.tally.election import Election
from cdv_civic.fund.tally.equal_shares import EqualShares, Purchase
from cdv_civic.fund.tally.line_up import LineUp
from cdv_civic.fund.tally.most_votes import Look, most_votes
from cdv_civic.fund.tally.supporters import Utility, supporters_of

#: The search crawls where it takes so many steps one after the other that are all shorter than this; one change takes
#: fewer, down to a step of one share and up again.
SHORT_STEP: Final = 32
MOST_SHORT_STEPS: Final = 16


class Completion(StrEnum):
    """What is done with what is left."""

    NONE = "none"
    ADD1 = "add1"
    ADD1_MOST_VOTES = "add1+most-votes"


@dataclass(frozen=True)
class Shares:
    """What equal shares decided, at the share that stands."""

    run: EqualShares
    share: Fraction  #: what each voter had to spend
    raised: int  #: by how many currency units
    looks: tuple[Look, ...]  #: projects that most votes first took, or could not take, of what was left

    @property
    def selected(self) -> list[int]:
        """Projects in the order in which they were taken."""
        return [*self.run.selected, *(look.project for look in self.looks if look.taken)]


def cost_of(election: Election, projects: Iterable[int]) -> Fraction:
    """What these projects cost together."""
    return sum((election.projects[index].cost for index in projects), Fraction(0))


def _fits_more(election: Election, selected: Sequence[int], left: Fraction) -> bool:
    """Whether a project that somebody supports could still be paid for: else the selection is exhaustive."""
    taken = set(selected)
    return any(
        index not in taken and support.votes and 0 < project.cost <= left
        for index, (project, support) in enumerate(zip(election.projects, election.supports, strict=True))
    )


def same_between(smaller: EqualShares, larger: EqualShares) -> bool:
    """Whether every share between two buys what both buy, in the same order."""
    if smaller.selected != larger.selected:
        return False
    straight = True
    for place, (here, there) in enumerate(zip(smaller.purchases, larger.purchases, strict=True)):
        if here.bought is None or there.bought is None:
            continue
        straight = straight and here.bought.same_voters(there.bought)
        if _below(smaller, place, here, there):
            continue
        if not (straight and _straight_below(here, there)):
            return False
    return True


def _below(smaller: EqualShares, place: int, here: Purchase, there: Purchase) -> bool:
    """Whether the price at the smaller share is below that of all others at the larger."""
    if here.high >= there.rival:
        return False
    return there.near is None or (smaller.exact_price(place), here.rank) <= there.near


def _straight_below(here: Purchase, there: Purchase) -> bool:
    """Whether all others are further, or would be paid for by the same voters in the same way at both shares."""
    if here.others is None or there.others is None or here.high >= there.beyond:
        return False
    return all(
        index in here.others and here.others[index][1] == out
        for index, (low, out) in there.others.items()
        if low <= here.high
    )


class _Add1:
    def __init__(self, election: Election, line_up: LineUp) -> None:
        self._election = election
        self._line_up = line_up
        self._closely = False

    def _run(self, raised: int) -> EqualShares:
        return EqualShares(self._line_up, self._election.share + raised, closely=self._closely).run()

    def _ends(self, run: EqualShares) -> bool | None:
        """None: it costs more than the envelope; True: nothing more fits; False: go on."""
        left = self._election.envelope - cost_of(self._election, run.selected)
        return None if left < 0 else not _fits_more(self._election, run.selected, left)

    def find(self) -> tuple[EqualShares, int]:
        """The run that stands, and by how much its share was raised."""
        raised, run, step = 0, self._run(0), 1
        short_steps = 0
        ahead: dict[int, EqualShares] = {}
        while not self._ends(run):
            # Nothing new up to `raised + step` where the order is the same at both ends.
            ahead = {at: each for at, each in ahead.items() if at > raised}
            at = raised + step
            further = ahead[at] if at in ahead else self._run(at)
            if same_between(run, further):
                short_steps = short_steps + 1 if step < SHORT_STEP else 0
                raised, run, step = at, further, step * 2
            elif step == 1:
                if self._ends(further) is None:
                    break
                short_steps += 1
                raised, run = at, further
            else:
                ahead[at] = further
                step //= 2
            if short_steps > MOST_SHORT_STEPS and not self._closely:
                self._closely, ahead = True, {}
                run = self._run(raised)
        return run, raised


def equal_shares(
    election: Election, ranks: Sequence[int], utility: Utility, completion: Completion
) -> Shares:
    """Equal shares, completed.

    Projects that most votes first adds at the end are looked at in `looks`, in the order of their turn.
    """
    line_up = LineUp(len(election.voters), supporters_of(election, utility), ranks)
    if completion is Completion.NONE or not election.ballots:
        run = EqualShares(line_up, election.share).run()
        return Shares(run, election.share, 0, ())
    run, raised = _Add1(election, line_up).find()
    looks: tuple[Look, ...] = ()
    if completion is Completion.ADD1_MOST_VOTES:
        taken = set(run.selected)
        among = [index for index in range(len(election.projects)) if index not in taken]
        left = election.envelope - cost_of(election, run.selected)
        looks = tuple(most_votes(election, ranks, among=among, left=left))
    return Shares(run, election.share + raised, raised, looks)
