"""Most votes first: from the project with the most votes on, take what fits in what is left, and skip what does not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from cdv_civic.fund.tally.election import Election


@dataclass(frozen=True)
class Look:
    """A project as its turn comes."""

    project: int
    score: int  #: votes, or points where ballots hold them
    left: Fraction  #: of the envelope, before it
    taken: bool


def scores(election: Election) -> list[int]:
    """By project: points where ballots hold them, else votes."""
    if election.kind.has_points:
        return [support.all_points for support in election.supports]
    return [support.votes for support in election.supports]


def most_votes(
    election: Election,
    ranks: Sequence[int],
    *,
    among: Collection[int] | None = None,
    left: Fraction | None = None,
) -> list[Look]:
    """Every project in the order of its turn.

    `among`: only these; `left`: of the envelope, what others have not taken.
    """
    given = scores(election)
    rest = election.envelope if left is None else left
    looks = []
    for index in sorted(
        range(len(election.projects)) if among is None else among,
        key=lambda index: (-given[index], ranks[index]),
    ):
        cost = election.projects[index].cost
        taken = cost <= rest
        looks.append(Look(index, given[index], rest, taken))
        if taken:
            rest -= cost
    return looks
