"""A commission: who takes part in which decision, whether enough are there, and what comes out.

Whoever is linked to a project (declared it, or is one of its carriers) neither sees its scoring nor takes part in its
decision, and does not count towards its quorum; the minutes say so.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class JuryLinkKind(StrEnum):
    """How a member is linked to a project."""

    CARRIER = "carrier"
    BODY = "body"  #: of the body that carries it
    DECLARED = "declared"


class JuryOutcome(StrEnum):
    """What a commission decided."""

    SELECTED = "selected"
    NOT_SELECTED = "not-selected"
    NO_QUORUM = "no-quorum"
    TIE = "tie"


@dataclass(frozen=True)
class JuryLink:
    """One member's link to one project."""

    member: int
    project: int
    kind: JuryLinkKind


def members_aside(links: Collection[JuryLink], project: int) -> frozenset[int]:
    """Members who take no part in the decision on a project."""
    return frozenset(link.member for link in links if link.project == project)


def projects_hidden(links: Collection[JuryLink], member: int) -> frozenset[int]:
    """Projects whose scoring a member never sees."""
    return frozenset(link.project for link in links if link.member == member)


def taking_part(present: Collection[int], links: Collection[JuryLink], project: int) -> frozenset[int]:
    """Members who are there and take part in the decision on a project."""
    return frozenset(present) - members_aside(links, project)


def show_of_hands(yes: int, no: int, *, taking_part: int, quorum: int | None) -> JuryOutcome:
    """More for than against selects; who abstains is there, and counts for neither.

    Raises:
        ValueError: more hands than members who take part.
    """
    if min(yes, no) < 0 or yes + no > taking_part:
        raise ValueError("more hands than members who take part")
    if quorum is not None and taking_part < quorum:
        return JuryOutcome.NO_QUORUM
    if yes == no:
        return JuryOutcome.TIE
    return JuryOutcome.SELECTED if yes > no else JuryOutcome.NOT_SELECTED


def mean_mark(marks: Mapping[int, int], members: Collection[int]) -> Fraction | None:
    """The mean of the marks of those who take part, exactly; None where none of them gave one."""
    given = [mark for member, mark in marks.items() if member in frozenset(members)]
    return Fraction(sum(given), len(given)) if given else None
