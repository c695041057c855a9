"""Reads an election from a file of Pabulib: strict about its structure, tolerant about its forms.

What changes the count or hides that a part is missing is refused, with line and place. What the reference library
counts is counted, with a warning: costs of nothing and above the envelope, blank votes, votes for too few projects,
sums that ballots exceed.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO, Final, NamedTuple

from cdv_civic.fund.tally.election import (
    MOST_BALLOTS,
    MOST_POINTS,
    MOST_PROJECTS,
    BallotKind,
    Election,
    Given,
    Project,
)
from cdv_civic.fund.tally.pabulib.cells import MOST_CODE, shown
from cdv_civic.fund.tally.pabulib.comments import WITHDRAWN_COST, Withdrawal, order_in, withdrawals_in
from cdv_civic.fund.tally.pabulib.remarks import Remarks
from cdv_civic.fund.tally.pabulib.rows import BadPabulibFile, Row
from cdv_civic.fund.tally.pabulib.sections import FileSections, SectionColumns

MOST_META: Final = 1000
_AMOUNT: Final = re.compile(r"([+-]?)([0-9]{1,15})(?:([.,])([0-9]{0,15}))?", re.ASCII)
_POINTS: Final = re.compile(r"([0-9]{1,7})(?:\.0*)?", re.ASCII)
_WHOLE: Final = re.compile(r"([0-9]{1,9})(?:\.0*)?", re.ASCII)
#: Columns of PROJECTS that have another name since April 2026, or none.
_OLDER_COLUMNS: Final = ("target", "targets", "categories")
#: Within the envelope, and beyond it by rules of their own.
_SELECTED: Final = ("1", "2", "3")
_OLDER_SEXES: Final = frozenset({"K", "k", "f", "m"})


@dataclass(frozen=True)
class PublishedElection:
    """What a file holds."""

    election: Election
    meta: Mapping[str, str]
    selected: tuple[str, ...] | None  #: codes that the file says were selected; None where it does not say
    order: tuple[str, ...]  #: of ties, where the file publishes one
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Limits:
    """What META allows a ballot."""

    fewest: int | None
    length: int | None
    points: int | None
    all_points: int | None
    cost: Fraction | None


class _Vote(NamedTuple):
    given: Given
    remarks: tuple[str, ...]


class _Reading:
    def __init__(self, file: BinaryIO) -> None:
        self._rows = FileSections(file)
        self._remarks = Remarks()
        self._meta: dict[str, tuple[str, int]] = {}
        self._projects: dict[str, Project] = {}
        self._place: dict[str, int] = {}
        #: Costs as whole numbers of these parts of the currency's unit: quicker to add up for every vote.
        self._parts = 1
        self._cost_parts: dict[str, int] = {}
        #: What ballots give, each pair once in memory.
        self._pairs: dict[tuple[int, int], tuple[int, int]] = {}

    def read(self) -> PublishedElection:
        self._read_meta()
        kind, envelope = self._kind(), self._envelope()
        limits = self._limits()
        selected = self._read_projects(envelope)
        groups = self._read_votes(kind, limits)
        self._rows.end()
        self._compare_numbers(sum(groups.values()))
        return PublishedElection(
            Election(envelope, tuple(self._projects.values()), kind, groups),
            {key: value for key, (value, _line) in self._meta.items()},
            selected,
            order_in(self._meta.get("comment", ("", 0))[0]),
            self._remarks.warnings,
        )

    # --- cells -----------------------------------------------------------------------------------

    def _amount(self, text: str, line: int, place: str) -> Fraction:
        found = _AMOUNT.fullmatch(text)
        if found is None:
            what = "is missing" if not text else f"is {shown(text)}, which is no amount"
            raise BadPabulibFile(line, place, f"it {what}")
        sign, whole, point, decimals = found.groups()
        amount = Fraction(f"{whole}.{decimals or 0}")
        if sign == "-" and amount:
            raise BadPabulibFile(line, place, f"it is negative: {shown(text)}")
        if point == "," and len(decimals) == 3 and len(whole) <= 3 and whole != "0":
            raise BadPabulibFile(
                line, place, f"it is {shown(text)}: write {whole}{decimals}, or {whole}.{decimals}"
            )
        if point == ",":
            self._remarks.note_older_form("decimal commas", line)
        return amount

    def _whole(self, key: str) -> int | None:
        value, line = self._meta.get(key, ("", 0))
        if not value:
            return None
        found = _WHOLE.fullmatch(value)
        if found is None:
            raise BadPabulibFile(line, f"META, {key}", f"it is {shown(value)}, which is no whole number")
        return int(found[1])

    # --- META ------------------------------------------------------------------------------------

    def _read_meta(self) -> None:
        columns = self._rows.begin("META")
        if columns.names[:2] != ["key", "value"]:
            raise BadPabulibFile(self._rows.line, "META", "its columns must be “key” and “value”")
        for row in self._rows.rest(columns):
            self._look_at_lines(row)
            key = row.cells[0].lower()
            if not key:
                raise BadPabulibFile(row.line, "META", "a value has no key")
            if key in self._meta:
                raise BadPabulibFile(row.line, f"META, {shown(key)}", "the key stands twice")
            if len(self._meta) == MOST_META:
                raise BadPabulibFile(row.line, "META", f"there are more than {MOST_META:,} keys")
            if any(row.cells[2:]):
                self._remarks.note("META has more than a key and a value: only those are read", row.line)
            self._meta[key] = (row.cells[1] if len(row.cells) > 1 else "", row.line)
        self._look_at_forms()

    def _look_at_lines(self, row: Row) -> None:
        if row.lines > 1:
            self._remarks.note(
                "the row goes over several lines: perhaps a quotation mark does not close", row.line
            )

    def _look_at_forms(self) -> None:
        language, line = self._meta.get("language", ("", 0))
        if len(language) > 2:
            self._remarks.note_older_form("a language by its name", line)
        comment, line = self._meta.get("comment", ("", 0))
        if comment and not comment.startswith("#1: "):
            self._remarks.note_older_form("a comment without “#1: ”", line)
        for key in ("date_begin", "date_end"):
            if not self._meta.get(key, ("", 0))[0]:
                self._remarks.note_older_form(f"no {key}", self._rows.line)

    def _required(self, key: str) -> tuple[str, int]:
        value, line = self._meta.get(key, ("", self._rows.line))
        if not value:
            raise BadPabulibFile(line, f"META, {key}", "it is missing")
        return value, line

    def _kind(self) -> BallotKind:
        value, line = self._required("vote_type")
        try:
            return BallotKind(value.lower())
        except ValueError:
            known = ", ".join(BallotKind)
            raise BadPabulibFile(
                line, "META, vote_type", f"it is {shown(value)}; known are: {known}"
            ) from None

    def _envelope(self) -> Fraction:
        return self._amount(*self._required("budget"), "META, budget")

    def _limits(self) -> _Limits:
        cost, line = self._meta.get("max_sum_cost", ("", 0))
        return _Limits(
            self._whole("min_length"),
            self._whole("max_length"),
            self._whole("max_points"),
            self._whole("max_sum_points"),
            self._amount(cost, line, "META, max_sum_cost") if cost else None,
        )

    def _compare_numbers(self, ballots: int) -> None:
        for key, counted in (("num_projects", len(self._projects)), ("num_votes", ballots)):
            value, line = self._meta.get(key, ("", 0))
            if value and value != str(counted):
                self._remarks.note(f"{key} is {shown(value)}, and the file holds {counted}", line)

    # --- PROJECTS --------------------------------------------------------------------------------

    def _read_projects(self, envelope: Fraction) -> tuple[str, ...] | None:
        columns = self._rows.begin("PROJECTS")
        for name in ("project_id", "cost"):
            if name not in columns.names:
                raise BadPabulibFile(self._rows.line, "PROJECTS", f"the column {name} is missing")
        for name in _OLDER_COLUMNS:
            if name in columns.names:
                self._remarks.note_older_form(f"the column {name}", self._rows.line)
        withdrawn = withdrawals_in(self._meta.get("comment", ("", 0))[0])
        selected = []
        for row in self._rows.rest(columns):
            if len(self._projects) == MOST_PROJECTS:
                raise BadPabulibFile(row.line, "PROJECTS", f"there are more than {MOST_PROJECTS:,} projects")
            self._look_at_lines(row)
            project = self._project(row, columns, envelope, withdrawn)
            self._place[project.code] = len(self._projects)
            self._projects[project.code] = project
            if columns.cell(row, "selected") in _SELECTED:
                selected.append(project.code)
        if not self._projects:
            raise BadPabulibFile(self._rows.line, "PROJECTS", "there is no project")
        return tuple(selected) if "selected" in columns.names else None

    def _project(
        self, row: Row, columns: SectionColumns, envelope: Fraction, withdrawn: Mapping[str, Withdrawal]
    ) -> Project:
        code = columns.cell(row, "project_id")
        if not code:
            raise BadPabulibFile(row.line, "PROJECTS, project_id", "it is missing")
        if len(code) > MOST_CODE:
            raise BadPabulibFile(row.line, "PROJECTS, project_id", f"it has more than {MOST_CODE} characters")
        if "," in code:
            raise BadPabulibFile(row.line, "PROJECTS, project_id", f"{shown(code)} holds a comma")
        if code in self._projects:
            raise BadPabulibFile(row.line, "PROJECTS, project_id", f"{shown(code)} stands twice")
        cost = self._amount(columns.cell(row, "cost"), row.line, "PROJECTS, cost")
        if code in withdrawn and cost == WITHDRAWN_COST:
            return Project(code, withdrawn[code].cost, columns.cell(row, "name"), withdrawn[code].reason)
        if not cost:
            self._remarks.note("the project costs nothing", row.line)
        if cost > envelope:
            self._remarks.note("the project costs more than the envelope", row.line)
        return Project(code, cost, columns.cell(row, "name"))

    # --- VOTES -----------------------------------------------------------------------------------

    def _read_votes(self, kind: BallotKind, limits: _Limits) -> dict[Given, int]:
        columns = self._rows.begin("VOTES")
        for name in ("vote", "points") if kind.has_points else ("vote",):
            if name not in columns.names:
                raise BadPabulibFile(self._rows.line, "VOTES", f"the column {name} is missing")
        self._parts = math.lcm(*(project.cost.denominator for project in self._projects.values()))
        self._cost_parts = {code: int(each.cost * self._parts) for code, each in self._projects.items()}
        groups: dict[Given, int] = {}
        seen: dict[tuple[str, str], _Vote] = {}
        voters: set[str] = set()
        ballots = 0
        for row in self._rows.rest(columns):
            ballots += 1
            if ballots > MOST_BALLOTS:
                raise BadPabulibFile(row.line, "VOTES", f"there are more than {MOST_BALLOTS:,} votes")
            if len(row.cells) <= columns.names.index("vote"):
                raise BadPabulibFile(
                    row.line, "VOTES", "the row ends before the vote; a blank vote is an empty cell after “;”"
                )
            self._look_at_voter(row, columns, voters)
            said = (columns.cell(row, "vote"), columns.cell(row, "points") if kind.has_points else "")
            vote = seen.get(said)
            if vote is None:
                vote = seen[said] = self._vote(said, row.line, kind, limits)
            for remark in vote.remarks:
                self._remarks.note(remark, row.line)
            groups[vote.given] = groups.get(vote.given, 0) + 1
        if not ballots:
            self._remarks.note("there is no vote", self._rows.line)
        return groups

    def _look_at_voter(self, row: Row, columns: SectionColumns, voters: set[str]) -> None:
        voter = columns.cell(row, "voter_id")
        if voter in voters:
            raise BadPabulibFile(row.line, "VOTES, voter_id", f"{shown(voter)} stands twice")
        if voter:
            voters.add(voter)
        if columns.cell(row, "sex") in _OLDER_SEXES:
            self._remarks.note_older_form("sex other than M, F, O", row.line)

    def _vote(self, said: tuple[str, str], line: int, kind: BallotKind, limits: _Limits) -> _Vote:
        """What a vote gives; many voters say the same, and it is looked at once."""
        codes = [code.strip() for code in said[0].split(",")] if said[0] else []
        if len(codes) > len(self._projects):
            raise BadPabulibFile(line, "VOTES, vote", f"it names {len(codes)} projects, more than there are")
        for place, code in enumerate(codes, 1):
            if code not in self._place:
                what = f"{shown(code)} is no project" if code else "a project is missing between commas"
                raise BadPabulibFile(line, "VOTES, vote", f"{what} (project {place} of the vote)")
        if len(set(codes)) < len(codes):
            raise BadPabulibFile(line, "VOTES, vote", "it names a project twice")
        most = 1 if kind is BallotKind.CHOOSE_ONE else limits.length
        if most is not None and len(codes) > most:
            raise BadPabulibFile(
                line, "VOTES, vote", f"it names {len(codes)} projects, and {most} are allowed"
            )
        points = self._points(said[1], codes, line, limits) if kind.has_points else [1] * len(codes)
        remarks = []
        if not codes:
            remarks.append("the vote is blank: it counts in the share of each ballot")
        elif limits.fewest is not None and len(codes) < limits.fewest:
            remarks.append("the vote names fewer projects than min_length")
        if (
            limits.cost is not None
            and sum(self._cost_parts[code] for code in codes) > limits.cost * self._parts
        ):
            remarks.append("the projects of the vote cost more than max_sum_cost")
        if kind.has_points and limits.all_points is not None and sum(points) > limits.all_points:
            remarks.append("the points of the vote exceed max_sum_points")
        given = (
            self._pairs.setdefault(pair, pair)
            for pair in ((self._place[code], each) for code, each in zip(codes, points, strict=True))
            if pair[1]
        )
        return _Vote(tuple(sorted(given)), tuple(remarks))

    def _points(self, said: str, codes: list[str], line: int, limits: _Limits) -> list[int]:
        cells = [each.strip() for each in said.split(",")] if said else []
        if len(cells) != len(codes):
            raise BadPabulibFile(
                line, "VOTES, points", f"there are {len(cells)} for the {len(codes)} projects of the vote"
            )
        points = []
        for cell in cells:
            found = _POINTS.fullmatch(cell)
            if found is None or int(found[1]) > MOST_POINTS:
                raise BadPabulibFile(
                    line, "VOTES, points", f"{shown(cell)} is no whole number from 0 to {MOST_POINTS:,}"
                )
            points.append(int(found[1]))
            if limits.points is not None and points[-1] > limits.points:
                raise BadPabulibFile(
                    line, "VOTES, points", f"{points[-1]} for a project, and {limits.points} are allowed"
                )
        return points


def read_election(file: BinaryIO) -> PublishedElection:
    """Read an election.

    Raises:
        BadPabulibFile: it is none, or not whole.
    """
    return _Reading(file).read()
