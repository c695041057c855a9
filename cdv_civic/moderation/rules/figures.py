"""What of a year’s moderation can be published without telling what became of one person’s text."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cdv_civic.core.suppression import Published, one_way, part_of, single


class TextFate(StrEnum):
    """What became of a text, the first that is true of it."""

    #: Whole or in part.
    HIDDEN = "hidden"
    REWORDED = "reworded"
    PUBLISHED = "published"
    #: It waits, stands with another, or was taken back.
    OTHER = "other"


FATES: Final = tuple(TextFate)


@dataclass(frozen=True)
class CountedTexts:
    """The year as it was counted."""

    #: Texts received, in the order of `FATES`.
    fates: tuple[int, ...]
    #: Of those hidden, how many for each reason; as many in all.
    reasons: tuple[int, ...]
    #: Texts that somebody decided on, and the hours that half of them waited at most.
    decided: int
    median_hours: float | None
    reports: int
    #: Appeals that were answered, and those of them that changed a decision.
    appeals: int
    won: int


@dataclass(frozen=True)
class Figures:
    """The year as it is published; None: too few to tell."""

    received: Published
    fates: tuple[Published, ...]
    reasons: tuple[Published, ...]
    median_hours: float | None
    reports: Published
    appeals: Published
    won: Published

    def of(self, fate: TextFate) -> Published:
        """How many texts came to this."""
        return self.fates[FATES.index(fate)]


def published(counted: CountedTexts, threshold: int) -> Figures:
    """What is told of counts: each text stands for one person, so that small counts are those of few people.

    Reasons are told where the number of hidden texts is; they are a table of their own below it.
    """
    fates = one_way(counted.fates, threshold)
    hidden = fates.cells[FATES.index(TextFate.HIDDEN)]
    nothing: tuple[Published, ...] = (None,) * len(counted.reasons)
    reasons = nothing
    if hidden is not None and counted.reasons:
        reasons = one_way(counted.reasons, threshold).cells
    appeals = single(counted.appeals, threshold)
    return Figures(
        fates.total,
        fates.cells,
        reasons,
        counted.median_hours if counted.decided >= 2 * threshold else None,
        single(counted.reports, threshold),
        appeals,
        part_of(counted.won, counted.appeals, threshold) if appeals is not None else None,
    )
