"""Rows of open data: which questions have a column, so that no combination of answers points at anybody.

Whoever knows some answers of a person looks for the rows that have them. So:

- each combination of values that is there is held by the threshold of people or more;
- whatever one knows of all other columns, the rows that are left gave several answers to this one; and where several
  options could be chosen, some chose each and some did not. A combination that is not there tells so of nobody what
  they answered.

A question has no column if any of its counts is hidden, alone or crossed: rows would give it away. Nor if it was asked
of some alone, or in words, or for points. Columns are taken in the order of the form, each that leaves the above true.
Rows are the same people as the tables: what they tell beyond these is of questions of which nothing is hidden.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cdv_civic.consultations.results.published import OpenRows, PublishedResults, Value
from cdv_civic.consultations.rules.questions import (
    NOTHING,
    ONE_OPTION,
    SIDES,
    SOME_OPTIONS,
    Answers,
    QuestionKind,
    QuestionRule,
)

_KINDS = ONE_OPTION | SOME_OPTIONS | {QuestionKind.NUMBER, QuestionKind.RANK, QuestionKind.STATEMENT}
_Combination = tuple[Value, ...]


@dataclass(frozen=True)
class Combinations:
    """How many persons answered alike, in the questions that could have a column."""

    questions: tuple[QuestionRule, ...]
    alike: Mapping[_Combination, int]


def combine(questions: Sequence[QuestionRule], answers: Iterable[Answers]) -> Combinations:
    """What persons answered, read once and one after the other: thousands of answers are a few combinations."""
    columns = tuple(each for each in questions if each.kind in _KINDS and each.condition is None)
    return Combinations(
        columns, Counter(tuple(value_of(question, each) for question in columns) for each in answers)
    )


def open_rows(results: PublishedResults, given: Combinations) -> OpenRows | None:
    """The rows of what persons answered, or None where no question has a column."""
    places = [place for place, each in enumerate(given.questions) if _may_have_column(each, results)]
    if results.total is None or not places:
        return None
    candidates = [given.questions[place] for place in places]
    whole = _seen(given.alike, places)
    taken: list[int] = []
    for number in range(len(candidates)):
        tried = [*taken, number]
        if _tells_of_nobody(_seen(whole, tried), [candidates[each] for each in tried], results.threshold):
            taken = tried
    if not taken:
        return None
    alike = _seen(whole, taken)
    return OpenRows(
        tuple(candidates[number].id for number in taken),
        tuple(sorted(alike.items(), key=lambda each: repr(each[0]))),
    )


def value_of(question: QuestionRule, answers: Answers) -> Value:
    """What stands in the column of a question: of ranks the first place, of a number the first of its class."""
    given = answers.get(question.id, NOTHING)
    if given.empty:
        return None
    if question.kind is QuestionKind.NUMBER:
        classes = question.classes or (0,)
        return max((start for start in classes if start <= (given.number or 0)), default=classes[0])
    if question.kind is QuestionKind.STATEMENT:
        return given.number if given.number in SIDES else None
    if question.kind in SOME_OPTIONS:
        return tuple(sorted(given.choices))
    if question.kind is QuestionKind.RANK:
        return next((option for option, rank in given.choices.items() if rank == 1), None)
    return next(iter(given.choices))


def _may_have_column(question: QuestionRule, results: PublishedResults) -> bool:
    crossed_whole = all(
        cross.whole for cross in results.crosses if question.id in (cross.row_question, cross.column_question)
    )
    return results.by_id[question.id].whole and crossed_whole


def _seen(whole: Mapping[_Combination, int], columns: Sequence[int]) -> Counter[_Combination]:
    """How many have each combination of some columns."""
    found: Counter[_Combination] = Counter()
    for values, count in whole.items():
        found[tuple(values[column] for column in columns)] += count
    return found


def _tells_of_nobody(
    combinations: Mapping[_Combination, int], questions: Sequence[QuestionRule], threshold: int
) -> bool:
    if min(combinations.values()) < threshold:
        return False
    return all(_several_answers(combinations, number, each) for number, each in enumerate(questions))


def _several_answers(combinations: Iterable[_Combination], number: int, question: QuestionRule) -> bool:
    """Whether no answer to a question follows from those to all others."""
    for option in question.options if question.kind in SOME_OPTIONS else (None,):
        told: dict[_Combination, set[object]] = {}
        for values in combinations:
            of_these = told.setdefault((*values[:number], *values[number + 1 :]), set())
            of_these.update(_said(values[number], option))
        if min(map(len, told.values())) < 2:
            return False
    return True


def _said(value: Value, option: int | None) -> Iterator[object]:
    """An answer, or whether it holds an option; who gave none says nothing."""
    if value is not None:
        yield option in value if isinstance(value, tuple) else value
