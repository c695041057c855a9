"""Elections for tests: written down, random, or read from files that were really published."""

import csv
import json
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st

from cdv_civic.fund.tally.election import BallotKind, Election, Project, VoterBallot
from cdv_civic.fund.tally.ties import BY_CODE, tie_ranks
from tests.fund.tally.slow import Ballots

FILES: Final = Path(__file__).parent / "pabulib"
EXPECTED: Final[dict[str, dict[str, Any]]] = json.loads((FILES / "expected.json").read_text())["elections"]


def election(
    envelope: object,
    costs: dict[str, Any],
    votes: list[dict[str, int]] | list[str],
    kind: BallotKind = BallotKind.APPROVAL,
) -> Election:
    """Votes: points by code, or codes with a space between."""
    given = [dict.fromkeys(vote.split(), 1) if isinstance(vote, str) else vote for vote in votes]
    return Election.of(
        Fraction(str(envelope)),
        [Project(code, Fraction(cost)) for code, cost in costs.items()],
        kind,
        [VoterBallot(vote) for vote in given],
    )


def slow(fast: Election, votes: list[dict[str, int]]) -> Ballots:
    """The same election for the slow count."""
    ranks = tie_ranks(fast, BY_CODE)
    return Ballots(
        fast.envelope,
        {project.code: project.cost for project in fast.projects},
        votes,
        {project.code: rank for project, rank in zip(fast.projects, ranks, strict=True)},
    )


@st.composite
def elections(draw: st.DrawFn, *, points: bool | None = None) -> tuple[Election, list[dict[str, int]]]:
    """Small ones, in which much is equal: costs, ballots, what is left."""
    codes = [f"p{number}" for number in range(draw(st.integers(1, 6)))]
    few = draw(st.lists(st.integers(1, 40), min_size=1, max_size=3))
    cost = st.one_of(st.sampled_from(few), st.integers(0, 60), st.fractions(0, 30, max_denominator=7))
    costs = {code: Fraction(draw(cost)) for code in codes}
    with_points = draw(st.booleans()) if points is None else points
    point = st.integers(1, 4) if with_points else st.just(1)
    ballot = st.dictionaries(st.sampled_from(codes), point, max_size=4)
    kinds = draw(st.lists(ballot, min_size=1, max_size=5))
    votes = draw(st.lists(st.one_of(st.sampled_from(kinds), ballot), min_size=1, max_size=9))
    envelope = Fraction(draw(st.one_of(st.integers(0, 120), st.fractions(0, 90, max_denominator=6))))
    kind = BallotKind.CUMULATIVE if with_points else BallotKind.APPROVAL
    projects = [Project(code, each) for code, each in costs.items()]
    return Election.of(envelope, projects, kind, [VoterBallot(vote) for vote in votes]), votes


def read_plainly(name: str) -> Election:
    """An election of `FILES`, read without a check of anything."""
    meta: dict[str, str] = {}
    rows: dict[str, list[dict[str, str]]] = {"PROJECTS": [], "VOTES": []}
    section = ""
    header: list[str] = []
    with (FILES / name).open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter=";"):
            if row[0] in ("META", "PROJECTS", "VOTES"):
                section, header = row[0], []
            elif not header:
                header = row
            elif section == "META":
                meta[row[0]] = row[1]
            else:
                rows[section].append(dict(zip(header, row, strict=False)))
    kind = BallotKind(meta["vote_type"])

    def ballot(row: dict[str, str]) -> VoterBallot:
        codes = [code for code in row["vote"].split(",") if code]
        points = [int(each) for each in row["points"].split(",")] if kind.has_points else [1] * len(codes)
        return VoterBallot(dict(zip(codes, points, strict=True)))

    return Election.of(
        Fraction(meta["budget"].replace(",", ".")),
        [Project(row["project_id"], Fraction(row["cost"]), row["name"]) for row in rows["PROJECTS"]],
        kind,
        [ballot(row) for row in rows["VOTES"]],
    )
