"""Holds our count against the reference library in random elections (make oracle).

    python -m tools.oracle [--elections 500] [--seed 1]

Needs requirements-oracle.txt; the reference is slow. Elections are small, and much in them is equal: costs, ballots,
votes. Some costs are nothing, some fractions; some elections have a single voter. Ends with status 1 at the first
election that is counted otherwise, and prints it; else prints how often the cases came that are easily got wrong, and
ends with status 1 too where 500 elections or more held none of one of them: then little was compared.
"""

import argparse
import random
import sys
from collections import Counter
from fractions import Fraction
from typing import Final

from cdv_civic.fund.tally.completing import Completion
from cdv_civic.fund.tally.counting import TallyRule, TallyRules, count
from cdv_civic.fund.tally.election import BallotKind, Election, Project, VoterBallot
from cdv_civic.fund.tally.supporters import Utility
from tools.reference import Reference

#: In so many elections every case comes, the rarest some six times.
ENOUGH: Final = 500


def drawn(draw: random.Random) -> tuple[Election, list[VoterBallot]]:
    """A random election, and its ballots one by one."""
    kind = draw.choice([BallotKind.APPROVAL, BallotKind.APPROVAL, BallotKind.CUMULATIVE])
    codes = [f"p{number}" for number in range(draw.choice([1, 2, 3, 4, 5, 6, 7, 12]))]
    few = [draw.randint(1, 60) for _each in range(draw.randint(1, 3))]

    def cost() -> Fraction:
        way = draw.random()
        if way < 0.5:
            return Fraction(draw.choice(few))
        return Fraction(0) if way < 0.6 else Fraction(draw.randint(1, 400), draw.choice([1, 4, 7, 100]))

    def ballot() -> VoterBallot:
        chosen = [code for code in codes if draw.random() < 0.45]
        return VoterBallot({code: draw.randint(1, 4) if kind.has_points else 1 for code in chosen})

    projects = [Project(code, cost()) for code in codes]
    kinds = [ballot() for _each in range(draw.randint(1, 5))]
    ballots = [
        draw.choice(kinds) if draw.random() < 0.5 else ballot()
        for _each in range(draw.choice([1, 2, 3, 5, 9, 40]))
    ]
    envelope = Fraction(draw.randint(0, 300), draw.choice([1, 1, 3]))
    return Election.of(envelope, projects, kind, ballots), ballots


def compare(draw: random.Random, met: Counter[str]) -> str:
    """Count one election both ways; what is told where they differ, else nothing."""
    election, ballots = drawn(draw)
    reference = Reference.of(election, ballots)
    met["single voter"] += len(ballots) == 1
    met["something is free"] += any(not project.cost for project in election.projects)
    utilities = [Utility.POINTS] if election.kind.has_points else [Utility.COST, Utility.COUNT]
    wrong = []
    for utility in utilities:
        for completion in (Completion.NONE, Completion.ADD1):
            ours = count(election, TallyRules(utility=utility, completion=completion))
            theirs = reference.equal_shares(utility, add1=completion is Completion.ADD1)
            met["counts compared"] += 1
            met["share raised"] += ours.raised_share != ours.share
            if set(ours.selected) != theirs:
                wrong.append(f"{utility}, {completion}: {sorted(ours.selected)}, and not {sorted(theirs)}")
        met["the two stops elect other projects"] += reference.add1_without_second_stop(utility) != theirs
    if not election.kind.has_points:
        met["counts compared"] += 1
        found = set(count(election, TallyRules(TallyRule.MOST_VOTES)).selected)
        if found != reference.most_votes():
            wrong.append(f"most votes: {sorted(found)}, and not {sorted(reference.most_votes())}")
    if not wrong:
        return ""
    costs = {project.code: str(project.cost) for project in election.projects}
    said = [dict(ballot.points) for ballot in ballots]
    return "\n".join([*wrong, f"envelope {election.envelope}, costs {costs}, ballots {said}"])


def main() -> int:
    """Compare, and end with 1 where something differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--elections", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    met: Counter[str] = Counter()
    for number in range(options.elections):
        wrong = compare(random.Random(f"{options.seed}/{number}"), met)
        if wrong:
            print(f"election {number} of seed {options.seed}:\n{wrong}")
            return 1
    print(f"{options.elections} elections, all counted as the reference counts them")
    for what, times in met.most_common():
        print(f"{times:8} {what}")
    if options.elections >= ENOUGH and not all(met.values()):
        print("a case never came")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
