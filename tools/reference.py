"""An election as the reference library counts it, where it is installed (requirements-oracle.txt).

    python -m tools.reference FILE.pb cost|count|points

prints, as JSON, what equal shares with add-1 elect (`selected`, codes sorted) and how long the count took (`seconds` of
processor time, without reading the file). Voters who say the same are one to it (a multiprofile), which is its fastest
way.
"""

import json
import sys
import time
from typing import Any

from pabutools.election import (
    Additive_Cardinal_Sat,
    ApprovalBallot,
    ApprovalProfile,
    CardinalBallot,
    Cardinality_Sat,
    CardinalProfile,
    Cost_Sat,
    Instance,
    Project,
    parse_pabulib,
)
from pabutools.fractions import frac
from pabutools.rules import (
    exhaustion_by_budget_increase,
    greedy_utilitarian_welfare,
    method_of_equal_shares,
)

from cdv_civic.fund.tally.election import Election as TallyElection
from cdv_civic.fund.tally.election import VoterBallot
from cdv_civic.fund.tally.supporters import Utility

WORTHS = {Utility.COST: Cost_Sat, Utility.COUNT: Cardinality_Sat, Utility.POINTS: Additive_Cardinal_Sat}


class Reference:
    """An election of the reference library."""

    def __init__(self, instance: Any, profile: Any) -> None:
        self._instance = instance
        self._single = profile
        self._profile = profile.as_multiprofile()

    @classmethod
    def of(cls, election: TallyElection, ballots: list[VoterBallot]) -> "Reference":
        """The same election; `ballots` one by one, as it has them."""
        projects = {
            each.code: Project(each.code, frac(each.cost.numerator, each.cost.denominator))
            for each in election.projects
        }
        envelope = frac(election.envelope.numerator, election.envelope.denominator)
        instance = Instance(projects.values(), budget_limit=envelope)
        if election.kind.has_points:
            given = [
                CardinalBallot({projects[code]: points for code, points in each.points.items()})
                for each in ballots
            ]
            return cls(instance, CardinalProfile(given, instance=instance))
        approved = [ApprovalBallot([projects[code] for code in each.points]) for each in ballots]
        return cls(instance, ApprovalProfile(approved, instance=instance))

    def equal_shares(self, utility: Utility, *, add1: bool) -> set[str]:
        """What equal shares elect."""
        selected = method_of_equal_shares(
            self._instance,
            self._profile,
            sat_class=WORTHS[utility],
            voter_budget_increment=1 if add1 else None,
        )
        return {project.name for project in selected}

    def add1_without_second_stop(self, utility: Utility) -> set[str]:
        """What add-1 elects where only the envelope stops it."""
        selected = exhaustion_by_budget_increase(
            self._instance,
            self._profile,
            method_of_equal_shares,
            {"sat_class": WORTHS[utility]},
            exhaustive_stop=False,
            budget_step=self._single.num_ballots(),
        )
        return {project.name for project in selected}

    def most_votes(self) -> set[str]:
        """What most votes first elect, of approval ballots."""
        selected = greedy_utilitarian_welfare(self._instance, self._single, sat_class=Cost_Sat)
        return {project.name for project in selected}


def main() -> None:
    """Count one file."""
    path, utility = sys.argv[1:]
    election = Reference(*parse_pabulib(path))
    begun = time.process_time()
    selected = election.equal_shares(Utility(utility), add1=True)
    print(json.dumps({"selected": sorted(selected), "seconds": time.process_time() - begun}))


if __name__ == "__main__":
    main()
