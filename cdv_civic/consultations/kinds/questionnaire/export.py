"""Answers to questionnaires as the cells of a table."""

from cdv_civic.consultations.engine.kinds import Cell
from cdv_civic.consultations.queries.definition import ShownQuestion
from cdv_civic.consultations.rules.questions import SOME_OPTIONS, Given, QuestionKind


def columns(question: ShownQuestion) -> list[str]:
    """One column for a question; one for each option where several can be chosen."""
    if question.kind in SOME_OPTIONS:
        return [f"{question.words} · {option.words}" for option in question.offered]
    return [str(question.words)]


def cells(question: ShownQuestion, given: Given) -> list[Cell]:
    """What was answered: words of options, 1 where one of several is chosen, a number, or what was written."""
    if question.kind in SOME_OPTIONS:
        return [1 if option.id in given.choices else "" for option in question.offered]
    if question.kind is QuestionKind.NUMBER:
        return ["" if given.number is None else given.number]
    chosen = [str(option.words) for option in question.offered if option.id in given.choices]
    return [chosen[0] if chosen else given.words]
