"""An election as it is counted: an envelope, projects with their costs, and ballots.

Amounts are exact (`Fraction`): no result depends on how a computer rounds.
"""

import copy
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

#: More projects than any envelope was ever shared between; beyond, a file is a mistake.
MOST_PROJECTS: Final = 10_000
#: More ballots than any election in Pabulib holds.
MOST_BALLOTS: Final = 1_000_000
#: Points of a ballot for one project; sums of all ballots stay below 2^63.
MOST_POINTS: Final = 1_000_000

Integers = npt.NDArray[np.int64]
#: What a ballot gives: places of projects, ascending, and points. A set would take seven times the memory.
Given = tuple[tuple[int, int], ...]


class BallotKind(StrEnum):
    """What a voter says on a ballot, in Pabulib's words (`vote_type`).

    The ranks of an ordinal ballot are not counted: it is one vote for each project that it names.
    """

    APPROVAL = "approval"
    CUMULATIVE = "cumulative"
    SCORING = "scoring"
    ORDINAL = "ordinal"
    CHOOSE_ONE = "choose-1"

    @property
    def has_points(self) -> bool:
        """Whether a ballot holds points beside each project."""
        return self in (BallotKind.CUMULATIVE, BallotKind.SCORING)


@dataclass(frozen=True)
class Project:
    """A project that ballots name by its code."""

    code: str
    cost: Fraction  #: in the currency's main unit, such as euros
    name: str = ""
    withdrawn: str = ""  #: why it was withdrawn during the vote: it stays on ballots and is not counted

    def __post_init__(self) -> None:
        if self.cost < 0:
            raise ValueError(f"a project costs less than nothing: {self.code}")


@dataclass(frozen=True)
class VoterBallot:
    """What one voter gave: points by project code, 1 where there are none. Empty: a blank ballot."""

    points: Mapping[str, int]


@dataclass(frozen=True)
class Support:
    """Who supports one project: voters who filled in the same ballot are one group."""

    groups: Integers  #: indices of groups, ascending
    points: Integers  #: what a voter of each group gave
    voters: Integers  #: how many voters each group has

    @cached_property
    def votes(self) -> int:
        """Ballots that name the project."""
        return int(self.voters.sum())

    @cached_property
    def all_points(self) -> int:
        """Points that all ballots give to the project."""
        return int((self.voters * self.points).sum())


class Election:
    """Projects, the envelope, and the ballots, grouped where they say the same.

    `Election.of` takes ballots one by one, `without` leaves projects out: ballots that name them keep their share.
    Blank ballots have a share too, as at Pabulib, unless `Election.of` sets them apart: then they are counted, and the
    file of the election, which cannot hold them, elects the same projects.
    """

    def __init__(
        self,
        envelope: Fraction,
        projects: tuple[Project, ...],
        kind: BallotKind,
        groups: Mapping[Given, int],
        blank_apart: int = 0,
    ) -> None:
        self.envelope = envelope
        self.projects = projects
        self.kind = kind
        #: Voters of each group.
        self.voters: Integers = np.array(list(groups.values()), np.int64)
        #: Those with a share.
        self.ballots = int(self.voters.sum())
        self.blank = groups.get((), 0)  #: among them
        self.blank_apart = blank_apart  #: beside them, without a share
        columns: list[tuple[list[int], list[int]]] = [([], []) for _each in projects]
        for group, given in enumerate(groups):
            for project, points in given:
                columns[project][0].append(group)
                columns[project][1].append(points)
        self.supports: tuple[Support, ...] = tuple(
            Support(found := np.array(indices, np.int64), np.array(points, np.int64), self.voters[found])
            for indices, points in columns
        )

    def without(self, left_out: Collection[str]) -> "Election":
        """The same ballots, without the projects of these codes."""
        election = copy.copy(self)
        kept = [index for index, project in enumerate(self.projects) if project.code not in left_out]
        election.projects = tuple(self.projects[index] for index in kept)
        election.supports = tuple(self.supports[index] for index in kept)
        return election

    @classmethod
    def of(
        cls,
        envelope: Fraction,
        projects: Iterable[Project],
        kind: BallotKind,
        ballots: Iterable[VoterBallot],
        *,
        blank_has_share: bool = True,
    ) -> "Election":
        """Group the ballots. Points of 0 are no support, nor is the code of a project that does not stand.

        `blank_has_share` False sets blank ballots apart, as the rounds of this site do.

        Raises:
            ValueError: two projects have the same code.
        """
        listed = tuple(projects)
        place = {project.code: index for index, project in enumerate(listed)}
        if len(place) != len(listed):
            raise ValueError("two projects have the same code")
        groups: dict[Given, int] = {}
        for ballot in ballots:
            given = tuple(
                sorted(
                    (place[code], points)
                    for code, points in ballot.points.items()
                    if points and code in place
                )
            )
            groups[given] = groups.get(given, 0) + 1
        apart = 0 if blank_has_share else groups.pop((), 0)
        return cls(envelope, listed, kind, groups, apart)

    @cached_property
    def share(self) -> Fraction:
        """What each of `ballots` has to spend with equal shares; 0 where nobody voted."""
        return self.envelope / self.ballots if self.ballots else Fraction(0)
