"""A commission: who takes part in which decision, whether enough are there, and what comes out.

Whoever is linked to a project (declared it, or is one of its carriers) neither sees its scoring nor takes part in its
decision, and does not count towards its quorum; the minutes say so.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from cdv_civic.fund.rules.fund_rules import ChoiceMode, JuryRules

#: The highest mark.
MOST_MARK: Final = 20
#: A mean of fewer marks tells what somebody thought: it is for those who decide alone.
LEAST_MARKS_SHOWN: Final = 3
LONGEST_NAME: Final = 100
LONGEST_PLACE: Final = 200


class JuryMethod(StrEnum):
    """How a commission comes to its decisions."""

    HANDS = "hands"
    MARKS = "marks"


class JurySide(StrEnum):
    """Whom a member of a commission comes from."""

    RESIDENT = "resident"
    COUNCIL = "council"  #: sent by a conseil citoyen
    ASSOCIATION = "association"
    COMMUNE = "commune"
    AGGLOMERATION = "agglomeration"
    STATE = "state"
    LANDLORD = "landlord"
    OTHER = "other"


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


class JuryLack(StrEnum):
    """What a commission has less of than its rules say: a warning, never a refusal."""

    MEMBERS = "members"
    RESIDENTS = "residents"


@dataclass(frozen=True)
class JuryWarning:
    """How far a commission is from its rules."""

    lack: JuryLack
    has: int
    asked: int


def jury_warnings(rules: JuryRules, sides: Collection[JurySide]) -> tuple[JuryWarning, ...]:
    """What a commission of members from these sides lacks."""
    return tuple(_lacking(rules, sides))


def _lacking(rules: JuryRules, sides: Collection[JurySide]) -> Iterator[JuryWarning]:
    residents = sum(side is JurySide.RESIDENT for side in sides)
    for lack, has, asked in (
        (JuryLack.MEMBERS, len(sides), rules.members),
        (JuryLack.RESIDENTS, residents, rules.residents),
    ):
        if asked is not None and has < asked:
            yield JuryWarning(lack, has, asked)


def commission_decides(choice: ChoiceMode | None) -> bool:
    """Whether a commission decides in a round of this mode: not where residents vote, and their vote decides."""
    return choice is not ChoiceMode.VOTE


@dataclass(frozen=True)
class PendingGrant:
    """Money that a commission means to give, until its meeting is closed."""

    item: int
    envelope: int
    cents: int


def left_pending(left_cents: Mapping[int, int], pending: Collection[PendingGrant]) -> Mapping[int, int]:
    """What is left of each envelope once what is pending is granted; below 0 where it does not fit."""
    left = dict(left_cents)
    for each in pending:
        left[each.envelope] = left.get(each.envelope, 0) - each.cents
    return left


def first_too_much(left_cents: Mapping[int, int], pending: Collection[PendingGrant]) -> PendingGrant | None:
    """The first grant, in the order of the agenda, that does not fit into its envelope; None where all do."""
    left = dict(left_cents)
    for each in pending:
        if each.cents > left.get(each.envelope, 0):
            return each
        left[each.envelope] -= each.cents
    return None
