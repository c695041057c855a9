"""What came of each group that residents chose among, from what is published alone. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cdv_civic.consultations.results.published import QuestionResult
from cdv_civic.consultations.rules.questions import QuestionKind

#: How residents may choose.
BALLOTS: Final = (QuestionKind.PICK, QuestionKind.RANK, QuestionKind.POINTS)
#: As many points as residents share out, unless the organiser says otherwise.
POINTS_EACH: Final = 10


class CountedBy(StrEnum):
    """What tells the first from the others."""

    #: How many chose it.
    PEOPLE = "people"
    #: How many put it first.
    FIRST = "first"
    #: The sum of its places.
    PLACES = "places"
    #: Its share of all points, in percents.
    SHARE = "share"
    #: Nothing: the counts are hidden.
    HIDDEN = "hidden"


@dataclass(frozen=True)
class OptionOutcome:
    """What is published of an option: its rank (1: the first, the same where two are equal), and its count."""

    by: CountedBy
    rank: int | None = None
    count: int | None = None


def outcomes(result: QuestionResult, scores: Sequence[int] | None = None) -> Mapping[int, OptionOutcome]:
    """By option. `scores`: the sums of places (`figures.borda_points`), where they are published.

    One hidden count hides all ranks: the others would say between which two it lies.
    """
    keys = [key for key in result.keys if key is not None]
    if not result.told:
        return {key: OptionOutcome(CountedBy.HIDDEN) for key in keys}
    counts = [count or 0 for count in result.answers]
    by = CountedBy.PEOPLE
    if result.kind is QuestionKind.RANK:
        by = CountedBy.FIRST if scores is None else CountedBy.PLACES
        counts = counts if scores is None else list(scores)
    elif result.kind is QuestionKind.POINTS and result.shares is not None:
        by, counts = CountedBy.SHARE, list(result.shares)
    return {
        key: OptionOutcome(by, 1 + sum(other > count for other in counts), count)
        for key, count in zip(keys, counts, strict=True)
    }
