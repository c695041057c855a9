"""What steps of priorities take, and what one of their questions lacks before it can be asked."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from cdv_civic.consultations.rules.questions import QuestionKind, QuestionRule

#: How priorities are given; and words for what is missing among them (« il manque… »).
TAKES: Final = (QuestionKind.RANK, QuestionKind.POINTS, QuestionKind.PICK, QuestionKind.LONG)
BALLOTS: Final = frozenset({QuestionKind.RANK, QuestionKind.POINTS, QuestionKind.PICK})


class PriorityShortcoming(StrEnum):
    """What is missing."""

    NO_BALLOT = "no_ballot"
    FEW_OPTIONS = "few_options"


def shortcomings(questions: Sequence[QuestionRule]) -> list[tuple[int | None, PriorityShortcoming]]:
    """What the questions of a step lack, each with the id of the question."""
    if not any(question.kind in BALLOTS for question in questions):
        return [(None, PriorityShortcoming.NO_BALLOT)]
    return [
        (question.id, PriorityShortcoming.FEW_OPTIONS)
        for question in questions
        if question.kind in BALLOTS and len(question.options) < 2
    ]
