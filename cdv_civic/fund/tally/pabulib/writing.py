"""Writes an election as a file of Pabulib, by the rules of its present form (`pabulib-checker`).

Nothing of a voter but the vote is written, under a random number, in a random order. A blank ballot cannot be written.
"""

import csv
import io
import math
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from cdv_civic.fund.tally.counting import Count, TallyRule, TallyRules
from cdv_civic.fund.tally.election import BallotKind, Election, Project, VoterBallot
from cdv_civic.fund.tally.most_votes import scores
from cdv_civic.fund.tally.pabulib.cells import MOST_CODE, one_line
from cdv_civic.fund.tally.pabulib.comments import WITHDRAWN_COST, comment_of
from cdv_civic.fund.tally.ties import tie_ranks

MOST_AMOUNT: Final = 10**12
_SECTIONS: Final = frozenset({"meta", "projects", "votes"})


class NotForPabulib(ValueError):
    """What a file of Pabulib cannot hold."""


@dataclass(frozen=True)
class ElectionNotice:
    """What a file says of an election beside what is counted."""

    description: str
    country: str  #: in English
    unit: str  #: the town
    instance: str  #: the year, or what else tells it from others of the town
    begins: date
    ends: date
    language: str  #: two letters
    currency: str = "EUR"
    subunit: str = ""
    fewest_projects: int | None = None  #: of a ballot
    most_projects: int | None = None
    most_points: int | None = None  #: of a project on a ballot
    most_points_in_all: int | None = None


def amount(value: Fraction) -> str:
    """An amount in digits, with cents where it has some.

    Raises:
        NotForPabulib: it has parts of a cent, or is too large.
    """
    cents = value * 100
    if cents.denominator != 1 or value >= MOST_AMOUNT:
        raise NotForPabulib(f"an amount of {value} cannot be written")
    whole, rest = divmod(cents.numerator, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)


def _checked(projects: Sequence[Project], envelope: Fraction) -> None:
    for project in projects:
        code = project.code
        if (
            one_line(code) != code
            or "," in code
            or code.lower() in _SECTIONS
            or not 0 < len(code) <= MOST_CODE
        ):
            raise NotForPabulib(f"this cannot be the code of a project: {code!r}")
        if not project.withdrawn and not 1 <= project.cost <= envelope:
            raise NotForPabulib(f"a project must cost 1 or more, and no more than the envelope: {code}")
    if envelope >= WITHDRAWN_COST and any(project.withdrawn for project in projects):
        raise NotForPabulib("the envelope would pay for a withdrawn project")


def _given(
    ballots: Iterable[VoterBallot], kind: BallotKind, notice: ElectionNotice, codes: Collection[str]
) -> list[list[tuple[str, int]]]:
    """What each ballot gives, most points first; blank ones are left out."""
    most = 1 if kind is BallotKind.CHOOSE_ONE else notice.most_projects or len(codes)
    found = []
    for ballot in ballots:
        given = [(code, points) for code, points in ballot.points.items() if points]
        if kind.has_points:
            given.sort(key=lambda each: -each[1])
            _within(max((points for _code, points in given), default=0), notice.most_points)
            _within(sum(points for _code, points in given), notice.most_points_in_all)
        _within(len(given), most)
        if any(code not in codes for code, _points in given):
            raise NotForPabulib("a ballot names a project that does not stand")
        if given:
            if len(given) < (notice.fewest_projects or 0):
                raise NotForPabulib("a ballot gives less than is asked for")
            found.append(given)
    return found


def _within(given: int, most: int | None) -> None:
    if most is not None and given > most:
        raise NotForPabulib("a ballot gives more than is allowed")


def _rule_name(election: Election, rules: TallyRules, amounts: Iterable[str]) -> str:
    """The rule by its name at Pabulib where their checker counts it as we do; the comment says it in full."""
    in_cents = any("." in each for each in amounts)
    if rules.rule is not TallyRule.MOST_VOTES or in_cents:
        return "unknown"
    if rules.threshold:
        return "unknown" if election.kind.has_points else "greedy-threshold"
    return "greedy"


def _meta(
    notice: ElectionNotice,
    counted: Count,
    election: Election,
    given: Sequence[Sequence[tuple[str, int]]],
    costs: Mapping[str, str],
    written: Mapping[str, str],
) -> list[tuple[str, object]]:
    kind, rules = election.kind, counted.rules
    rule = _rule_name(election, rules, (*written.values(), amount(election.envelope)))
    sums = [sum(points for _code, points in each) for each in given]
    most_projects = notice.most_projects
    if most_projects is not None:
        most_projects = 1 if kind is BallotKind.CHOOSE_ONE else min(most_projects, len(election.projects))
    in_all = notice.most_points_in_all
    if kind is BallotKind.CUMULATIVE and in_all is None:
        in_all = max(sums, default=1)
    whole = sum(math.floor(Fraction(each)) for each in written.values())
    keys: list[tuple[str, object]] = [
        ("description", one_line(notice.description)),
        ("country", notice.country),
        ("unit", one_line(notice.unit)),
        ("subunit", one_line(notice.subunit)),
        ("instance", one_line(notice.instance)),
        ("num_projects", len(election.projects)),
        ("num_votes", len(given)),
        ("budget", amount(election.envelope)),
        ("vote_type", kind.value),
        ("rule", rule),
        ("date_begin", notice.begins.strftime("%d.%m.%Y")),
        ("date_end", notice.ends.strftime("%d.%m.%Y")),
        ("min_length", notice.fewest_projects),
        ("max_length", most_projects),
        ("max_points", notice.most_points if kind.has_points else None),
        ("max_sum_points", in_all if kind.has_points else None),
        ("min_project_score_threshold", None if kind.has_points else rules.threshold or None),
        ("language", notice.language),
        ("currency", notice.currency),
        ("fully_funded", 1 if math.floor(election.envelope) >= whole else None),
        ("comment", comment_of(rules, election.projects, costs)),
    ]
    return [(key, value) for key, value in keys if value not in (None, "")]


def write_election(
    notice: ElectionNotice,
    projects: Sequence[Project],
    kind: BallotKind,
    ballots: Iterable[VoterBallot],
    counted: Count,
) -> bytes:
    """An election and its result as a file.

    Raises:
        NotForPabulib: codes, costs or amounts that a file cannot hold.
    """
    _checked(projects, counted.envelope)
    given = _given(ballots, kind, notice, {project.code for project in projects})
    rows = [VoterBallot(dict(each)) for each in given]
    election = Election.of(counted.envelope, projects, kind, rows)
    costs = {project.code: amount(project.cost) for project in projects}
    written = costs | {project.code: str(WITHDRAWN_COST) for project in projects if project.withdrawn}
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(["META"])
    writer.writerow(["key", "value"])
    writer.writerows(_meta(notice, counted, election, given, costs, written))
    writer.writerow(["PROJECTS"])
    writer.writerows(_project_rows(election, counted, written))
    writer.writerow(["VOTES"])
    writer.writerows(_vote_rows(given, kind))
    return text.getvalue().encode()


def _project_rows(election: Election, counted: Count, costs: Mapping[str, str]) -> Iterable[list[object]]:
    """In the order of the count by most votes, in which Pabulib's checker takes them too."""
    points = ["score"] if election.kind.has_points else []
    yield ["project_id", "cost", "votes", *points, "name", "selected"]
    ranks = tie_ranks(election, counted.rules.ties, counted.rules.order)
    score = scores(election)
    for index in sorted(range(len(ranks)), key=lambda index: (-score[index], ranks[index])):
        project, votes = election.projects[index], election.supports[index].votes
        selected = int(project.code in counted.selected)
        name = one_line(project.name) or project.code
        yield [project.code, costs[project.code], votes, *score[index : index + len(points)], name, selected]


def _vote_rows(given: Sequence[Sequence[tuple[str, int]]], kind: BallotKind) -> Iterable[list[str]]:
    """In an order and under numbers of which nothing leads back to a voter."""
    yield ["voter_id", "vote", *(["points"] if kind.has_points else [])]
    shuffled = list(given)
    secrets.SystemRandom().shuffle(shuffled)
    numbers: set[str] = set()
    while len(numbers) < len(shuffled):
        numbers.add(secrets.token_hex(8))
    for number, each in zip(numbers, shuffled, strict=True):
        points = [",".join(str(points) for _code, points in each)] if kind.has_points else []
        yield [number, ",".join(code for code, _points in each), *points]
