"""A file of Pabulib without its voters: nothing stays of them but what each chose, under a number of ours."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from cdv_civic.fund.tally.election import Election
from cdv_civic.fund.tally.pabulib.reading import PublishedElection, read_election
from cdv_civic.fund.tally.pabulib.rows import BadPabulibFile

#: Columns that are kept; others may say who proposed a project, or who voted, how old they are and where they live.
_OF_PROJECTS: Final = frozenset(
    {
        "project_id",
        "cost",
        "name",
        "votes",
        "score",
        "selected",
        "category",
        "target",
        "subunit",
        "public_id",
    }
)
_OF_VOTES: Final = frozenset({"vote", "points"})
_SECTIONS: Final = ("META", "PROJECTS", "VOTES")


def without_voters(content: bytes) -> tuple[str, PublishedElection]:
    """The file as it is kept, and the election that it holds.

    Raises:
        BadPabulibFile: it is no election, or one that cannot be kept without saying who voted.
    """
    published = read_election(io.BytesIO(content))
    text = content.decode("utf-8-sig")
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\n")
    writer.writerows(_rows(text))
    kept = written.getvalue()
    again = read_election(io.BytesIO(kept.encode()))
    if not same_ballots(again.election, published.election) or "\0" in kept:
        raise BadPabulibFile(1, "the file", "its votes cannot be kept without its voters")
    return kept, again


def same_ballots(one: Election, other: Election) -> bool:
    """Whether two elections are of the same projects, envelope and ballots."""
    return (one.envelope, one.projects, one.kind, one.ballots, one.blank) == (
        other.envelope,
        other.projects,
        other.kind,
        other.ballots,
        other.blank,
    ) and all(
        np.array_equal(mine.groups, theirs.groups)
        and np.array_equal(mine.points, theirs.points)
        and np.array_equal(mine.voters, theirs.voters)
        for mine, theirs in zip(one.supports, other.supports, strict=True)
    )


def _rows(text: str) -> Iterator[Sequence[str]]:
    section, keep, number = "", None, 0
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=";"):
        if not any(cell.strip() for cell in row):
            continue
        name = row[0].strip().upper()
        if name in _SECTIONS and not any(cell.strip() for cell in row[1:]):
            section, keep = name, None
            yield [section]
        elif section == "META":
            yield row
        elif keep is None:
            wanted = _OF_PROJECTS if section == "PROJECTS" else _OF_VOTES
            keep = [at for at, cell in enumerate(row) if cell.strip().lower() in wanted]
            first = ["voter_id"] if section == "VOTES" else []
            yield [*first, *(row[at] for at in keep)]
        else:
            cells = [row[at] if at < len(row) else "" for at in keep]
            number += section == "VOTES"
            yield [str(number), *cells] if section == "VOTES" else cells
