"""What questionnaires take, what one of their questions lacks before it can be asked, and the faces of a scale."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Final

from cdv_civic.consultations.rules.questions import WITH_OPTIONS, QuestionKind, QuestionRule

TAKES: Final = (
    QuestionKind.SINGLE,
    QuestionKind.MULTIPLE,
    QuestionKind.SCALE,
    QuestionKind.PICTURES,
    QuestionKind.NUMBER,
    QuestionKind.SHORT,
    QuestionKind.LONG,
)
#: How many faces there are, from the happiest (0) to the saddest.
FACES: Final = 5


class QuestionShortcoming(StrEnum):
    """What is missing."""

    NO_QUESTION = "no_question"
    FEW_OPTIONS = "few_options"
    NO_PICTURE = "no_picture"
    NO_CLASSES = "no_classes"
    CLASSES_IN_DISORDER = "classes_in_disorder"


def shortcomings(
    questions: Sequence[QuestionRule], pictured: Collection[int] = ()
) -> list[tuple[int | None, QuestionShortcoming]]:
    """What the questions of a step lack, each with the id of the question; `pictured`: options that have a picture."""
    if not questions:
        return [(None, QuestionShortcoming.NO_QUESTION)]
    found: list[tuple[int | None, QuestionShortcoming]] = []
    for question in questions:
        if question.kind in WITH_OPTIONS and len(question.options) < 2:
            found.append((question.id, QuestionShortcoming.FEW_OPTIONS))
        if question.kind is QuestionKind.PICTURES and not set(question.options) <= set(pictured):
            found.append((question.id, QuestionShortcoming.NO_PICTURE))
        if question.kind is QuestionKind.NUMBER:
            found.extend((question.id, each) for each in _of_classes(question.classes))
    return found


def _of_classes(classes: Sequence[int]) -> list[QuestionShortcoming]:
    if len(classes) < 2:
        return [QuestionShortcoming.NO_CLASSES]
    in_order = all(first < following for first, following in pairwise(classes))
    return [] if in_order else [QuestionShortcoming.CLASSES_IN_DISORDER]


def faces(count: int) -> tuple[int, ...]:
    """The faces of so many options, the best first: the ends are the happiest and the saddest, the rest between.

    >>> faces(3), faces(4)
    ((0, 2, 4), (0, 1, 3, 4))
    """
    if count < 2:
        return (FACES // 2,) * count
    last, top = count - 1, FACES - 1
    # Rounded from both ends, so that the faces are the same read either way.
    half = [(2 * place * top + last) // (2 * last) for place in range((count + 1) // 2)]
    return (*half, *(top - face for face in reversed(half[: count // 2])))
