"""What an answer must hold before residents read it, and how its figures are said. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final


class Fate(StrEnum):
    """What becomes of one thing that was said."""

    RETAINED = "retenu"
    PARTLY = "en_partie"
    PLANNED = "deja_prevu"
    REFUSED = "non_retenu"
    STUDIED = "a_letude"


FATES: Final = tuple(fate.value for fate in Fate)
#: What is done, in whole or in part; and what is not.
DONE: Final = (Fate.RETAINED, Fate.PARTLY, Fate.PLANNED)


class Heard(StrEnum):
    """Whether somebody who reads the answer feels heard."""

    YES = "oui"
    PARTLY = "en_partie"
    NO = "non"


HEARD: Final = tuple(heard.value for heard in Heard)

MOST_POINTS: Final = 12
LONGEST_SAID: Final = 2_000
LONGEST_POINT: Final = 300
LONGEST_REASON: Final = 600
LONGEST_SIGNED: Final = 300
#: Days before the answer is due on which those who make it are reminded.
REMINDED: Final = (14, 3)


@dataclass(frozen=True)
class ReplyPoint:
    """One thing that was said, in plain values: whether each text is there."""

    fate: Fate
    said: bool
    reasoned: bool
    #: How many answers said so; None: not counted.
    count: int | None = None


@dataclass(frozen=True)
class ReplyDraft:
    """An answer as it stands before it is published."""

    said: bool
    signed: bool
    #: What comes next, and the day of the meeting where there is one.
    next_step: bool
    next_on: date | None
    points: Sequence[ReplyPoint] = field(default=())
    #: The people whom the organiser wanted to reach, and whether it is said that they were.
    publics: Mapping[int, bool | None] = field(default_factory=dict)


class Lacks(StrEnum):
    """Why an answer cannot be published yet."""

    SAID = "said"
    SIGNED = "signed"
    NEXT_STEP = "next_step"
    POINTS = "points"
    #: Something was not retained, or only in part, and nobody says why.
    REASON = "reason"
    #: Nobody said whether these people were reached.
    PUBLICS = "publics"


def lacks(draft: ReplyDraft) -> list[Lacks]:
    """All that keeps an answer from being published, in the order of its form."""
    found = []
    if not draft.said:
        found.append(Lacks.SAID)
    if not draft.points:
        found.append(Lacks.POINTS)
    if any(needs_reason(point.fate) and not point.reasoned for point in draft.points):
        found.append(Lacks.REASON)
    if not draft.next_step:
        found.append(Lacks.NEXT_STEP)
    if not draft.signed:
        found.append(Lacks.SIGNED)
    if any(reached is None for reached in draft.publics.values()):
        found.append(Lacks.PUBLICS)
    return found


def needs_reason(fate: Fate) -> bool:
    """Whether residents must read why: of all that is not simply done."""
    return fate is not Fate.RETAINED


@dataclass(frozen=True)
class RetainedShare:
    """How many of the points are retained, wholly or in part."""

    retained: int
    partly: int
    points: int

    @property
    def percent(self) -> int:
        """Of a hundred points, how many are retained, those in part counted as half."""
        return round(100 * (2 * self.retained + self.partly) / (2 * self.points)) if self.points else 0


def share_of(fates: Iterable[Fate]) -> RetainedShare:
    """The share retained; what was planned already came of no answer, and is not counted among it."""
    found = list(fates)
    return RetainedShare(found.count(Fate.RETAINED), found.count(Fate.PARTLY), len(found))


def said_count(count: int | None, threshold: int) -> int | None:
    """The round number that residents read (« au moins 40 »); None where too few said so for any.

    In steps of twice the threshold: beside the published tables it bounds no hidden count more closely than they do.
    """
    if count is None:
        return None
    step = max(1, 2 * threshold)
    rounded = (count - 1) // step * step
    return rounded if rounded > 0 else None


@dataclass(frozen=True)
class HeardCounts:
    """How many feel heard, as everybody may read it: rounded down, so that no tap shows."""

    yes: int
    partly: int
    no: int

    @property
    def total(self) -> int:
        """All of them, as published."""
        return self.yes + self.partly + self.no


def published_heard(counts: Mapping[Heard, int], threshold: int) -> HeardCounts | None:
    """What is published of them; None under twice the threshold. Each in steps of the threshold."""
    if sum(counts.values()) < 2 * threshold:
        return None
    step = max(1, threshold)
    yes, partly, no = (counts.get(each, 0) // step * step for each in Heard)
    return HeardCounts(yes, partly, no)


def reminder_of(due_on: date, today: date) -> int | None:
    """The reminder that is to leave today: so many days before the answer is due; None: none.

    A day on which nothing ran is caught up until the next one is due.
    """
    left = (due_on - today).days
    due = [days for days in REMINDED if 0 <= left <= days]
    return min(due, default=None)
