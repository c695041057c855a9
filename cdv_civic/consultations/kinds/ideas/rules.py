"""What a step of ideas lacks before it is asked. It asks no question: ideas are put in a box. Pure."""

from enum import StrEnum
from typing import Final

from cdv_civic.consultations.rules.questions import QuestionKind

TAKES: Final[tuple[QuestionKind, ...]] = ()


class IdeasShortcoming(StrEnum):
    """What is missing."""

    NO_BOX = "no_box"
    NO_ANSWERER = "no_answerer"


def shortcomings(*, box: bool, answerer: bool) -> list[IdeasShortcoming]:
    """What a step lacks: a box, and in it whoever answers ideas."""
    if not box:
        return [IdeasShortcoming.NO_BOX]
    return [] if answerer else [IdeasShortcoming.NO_ANSWERER]
