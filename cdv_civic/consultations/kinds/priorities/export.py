"""Priorities as the cells of a table."""

from cdv_civic.consultations.engine.kinds import Cell
from cdv_civic.consultations.queries.definition import ShownQuestion
from cdv_civic.consultations.rules.questions import IN_WORDS, Given, QuestionKind


def columns(question: ShownQuestion) -> list[str]:
    """One column for each option: its rank, its points, or 1 where it is picked; one for words."""
    if question.kind in IN_WORDS:
        return [str(question.words)]
    return [f"{question.words} · {option.words}" for option in question.offered]


def cells(question: ShownQuestion, given: Given) -> list[Cell]:
    """What was answered, in the columns of `columns`."""
    if question.kind in IN_WORDS:
        return [given.words]
    if question.kind is QuestionKind.PICK:
        return [1 if option.id in given.choices else "" for option in question.offered]
    return [given.choices.get(option.id) or "" for option in question.offered]
