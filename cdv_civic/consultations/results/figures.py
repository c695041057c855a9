"""What is computed from tables: orders, shares.

An order is computed from public counts alone, and tells nothing that they do not. Shares of points are not in any
table. They are rounded to whole percents, and published only where they leave open, for each option and each number of
points, how many of those who gave it points gave so many. `tests/…/test_figures.py` solves it for all options together.
"""

from collections.abc import Sequence
from typing import Final

from cdv_civic.consultations.results.counts import QuestionCount
from cdv_civic.consultations.results.published import QuestionResult
from cdv_civic.consultations.rules.questions import QuestionRule

#: Two options' points follow from each other, and who gave all of them is who gave the other none; where few points
#: are shared out, how many gave so many follows from how many gave any.
_LEAST_OPTIONS: Final = 3
_LEAST_POINTS: Final = 4
#: Options are looked at one by one, and all together leave somewhat less: so many times the threshold must be open.
_LEFT_OPEN: Final = 2


def borda_points(result: QuestionResult) -> tuple[int, ...] | None:
    """Of `most` places the first gives as many points, the last gives one, none gives none; None: hidden."""
    if result.places is None:
        return None
    return tuple(
        sum((result.most - place) * count for place, count in enumerate(row[: result.most]))
        for row in result.places
    )


def shares(question: QuestionRule, count: QuestionCount, threshold: int) -> tuple[int, ...] | None:
    """The share of all points that each option got, in whole percents; None: they would tell too much.

    How many gave points to each option is public.
    """
    each = question.places
    whole = each * count.answered
    sums = [
        sum((points or 0) * people for points, people in count.options.get(option, {}).items())
        for option in question.options
    ]
    if len(sums) < _LEAST_OPTIONS or each < _LEAST_POINTS or not whole:
        return None
    found = tuple((200 * points + whole) // (2 * whole) for points in sums)
    givers = [count.chose(option) for option in question.options]
    return found if _leave_open(found, givers, each, whole, threshold) else None


def _leave_open(
    percents: Sequence[int], givers: Sequence[int], each: int, whole: int, threshold: int
) -> bool:
    """Whether an attacker who knows all this cannot tell how many gave so many points to any option."""
    low = [
        max(-(-(2 * percent - 1) * whole // 200), some)
        for percent, some in zip(percents, givers, strict=True)
    ]
    high = [
        min(((2 * percent + 1) * whole - 1) // 200, some * each)
        for percent, some in zip(percents, givers, strict=True)
    ]
    answered = whole // each
    for number, some in enumerate(givers):
        least = max(low[number], whole - sum(high) + high[number])
        most = min(high[number], whole - sum(low) + low[number])
        alone = answered - max(other for at, other in enumerate(givers) if at != number)
        widths = (_width(points, some, each, (least, most), alone) for points in range(1, each + 1))
        if min(widths) < _LEFT_OPEN * threshold:
            return False
    return True


def _width(points: int, givers: int, each: int, sums: tuple[int, int], alone: int) -> int:
    """How far the possible counts of people who gave an option so many points lie apart.

    `alone`: at most so many gave points to no other option. The others gave it from one point to all, but not these.
    """
    low, high = 0, givers
    if points == 1:
        low = max(low, 2 * givers - sums[1])
    else:
        high = min(high, (sums[1] - givers) // (points - 1))
    if points == each:
        low, high = max(low, sums[0] - givers * (each - 1)), min(high, alone)
    else:
        high = min(high, (givers * each - sums[0]) // (each - points))
    return high - low
