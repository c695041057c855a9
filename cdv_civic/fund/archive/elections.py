"""Votes of the past, as they are shipped: the published file, and what both rules elect in it, counted once.

`write_counts` makes the second file from the first (`flask fund archive FILE.pb`). Pages read that one alone: a large
election takes seconds to count, and its count never changes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol

from cdv_civic.core.durable_files import write_whole
from cdv_civic.core.registry import Registry
from cdv_civic.fund.tally.completing import Completion
from cdv_civic.fund.tally.counting import Count, TallyRule, TallyRules, count
from cdv_civic.fund.tally.election import BallotKind
from cdv_civic.fund.tally.pabulib.reading import PublishedElection, read_election
from cdv_civic.fund.tally.stored import as_data, from_data
from cdv_civic.fund.tally.supporters import Utility


class CountsOverBallots(ValueError):
    """A file of ballots has the name that its counts would get."""


@dataclass(frozen=True)
class ArchivedProject:
    """A project, as ballots named it."""

    code: str
    name: str
    cost: Fraction


@dataclass(frozen=True)
class ArchivedElection:
    """One vote of the past."""

    slug: str
    title: Any  #: lazy: said in the language of the page
    file: Path  #: in Pabulib's format; its counts lie beside it
    language: str  #: of the names of its projects
    source: str  #: the address where it was published

    @property
    def file_name(self) -> str:
        """What its file is called."""
        return self.file.name

    @property
    def counts_file(self) -> Path:
        """Where its counts are kept."""
        return self.file.with_suffix(".json")

    @cached_property
    def counted(self) -> "CountedElection":
        """Its counts, read once in each process."""
        return read_counts(self.counts_file)


class CountedVote(Protocol):
    """A vote that was counted, as its pages show it."""

    @property
    def slug(self) -> str:
        """Its name in addresses."""

    @property
    def title(self) -> Any:
        """What it is called; may be lazy."""

    @property
    def language(self) -> str:
        """The language of the names of its projects."""

    @property
    def source(self) -> str:
        """The address where it was published; "" where nobody said."""

    @property
    def file_name(self) -> str:
        """What its file is called."""

    @property
    def counted(self) -> "CountedElection":
        """What both rules make of it."""


#: Those that this site shows, by their slug: https://…/votes/<slug>.
ARCHIVED: Final[Registry[ArchivedElection]] = Registry("votes of the past")


@dataclass(frozen=True)
class CountedElection:
    """What a file of counts holds."""

    kind: BallotKind
    currency: str  #: ISO 4217; "" where the file does not say
    begins: date | None
    ends: date | None
    most_points: int | None  #: of a ballot
    most_points_each: int | None  #: of a project on a ballot
    most_projects: int | None  #: of a ballot
    projects: Mapping[str, ArchivedProject]  #: by code, in the order of the file
    counts: Mapping[TallyRule, Count]


def rules_for(kind: BallotKind) -> Mapping[TallyRule, TallyRules]:
    """Both rules: most votes first, and equal shares with the completion that suits small envelopes.

    A voter who shared out points is served by them; one who only named projects, by what those cost.
    """
    utility = Utility.POINTS if kind.has_points else Utility.COST
    shares = TallyRules(TallyRule.EQUAL_SHARES, utility, Completion.ADD1_MOST_VOTES)
    return {TallyRule.MOST_VOTES: TallyRules(TallyRule.MOST_VOTES), TallyRule.EQUAL_SHARES: shares}


def _day(said: str | None) -> date | None:
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(said or "", form).date()  # noqa: DTZ007 (a day, without a zone)
        except ValueError:
            continue
    return None


def _whole(said: str | None) -> int | None:
    return int(said) if said and said.isascii() and said.isdigit() else None


def counts_of(published: PublishedElection) -> dict[str, Any]:
    """What a file of counts holds, as JSON."""
    election, meta = published.election, published.meta
    begins, ends = _day(meta.get("date_begin")), _day(meta.get("date_end"))
    return {
        "kind": election.kind,
        "currency": meta.get("currency") or ("EUR" if meta.get("country") == "France" else ""),
        "begins": begins and begins.isoformat(),
        "ends": ends and ends.isoformat(),
        "most_points": _whole(meta.get("max_sum_points")),
        "most_points_each": _whole(meta.get("max_points")),
        "most_projects": _whole(meta.get("max_length")),
        "projects": [[each.code, each.name, str(each.cost)] for each in election.projects],
        "counts": [as_data(count(election, rules)) for rules in rules_for(election.kind).values()],
    }


def write_counts(file: Path) -> Path:
    """Count the election of a file by both rules, and write what comes out beside it, whole or not at all.

    Raises:
        BadPabulibFile: it is no election.
        CountsOverBallots: its name is that of the counts.
    """
    written = file.with_suffix(".json")
    if written == file:
        raise CountsOverBallots("the counts would take the place of the ballots: call the file .pb")
    with file.open("rb") as opened:
        counts = counts_of(read_election(opened))
    write_whole(written, (json.dumps(counts, ensure_ascii=False, indent=1) + "\n").encode())
    return written


def read_counts(file: Path) -> CountedElection:
    """Read what `write_counts` wrote."""
    return counted_from(json.loads(file.read_text(encoding="utf-8")))


def counted_from(data: Mapping[str, Any]) -> CountedElection:
    """What `counts_of` says, read back.

    Raises:
        KeyError, ValueError: something else wrote it.
    """
    counts = [from_data(each) for each in data["counts"]]
    return CountedElection(
        BallotKind(data["kind"]),
        data["currency"],
        data["begins"] and date.fromisoformat(data["begins"]),
        data["ends"] and date.fromisoformat(data["ends"]),
        data["most_points"],
        data["most_points_each"],
        data["most_projects"],
        {code: ArchivedProject(code, name, Fraction(cost)) for code, name, cost in data["projects"]},
        {counted.rules.rule: counted for counted in counts},
    )
