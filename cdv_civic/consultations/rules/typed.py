"""From the fields of a form, or the cells of a table, to what was answered; and back, so that nothing typed is lost.

One question has the field `q<id>`; where each option has a number of its own (ranks, points), `q<id>_<option>`.
"""

from collections.abc import Iterator, Mapping, Sequence

from cdv_civic.consultations.rules.questions import (
    IN_WORDS,
    LARGEST_NUMBER,
    NUMBERED_OPTIONS,
    WITH_OPTIONS,
    AnswerFault,
    Given,
    QuestionKind,
    QuestionRule,
    asked,
    faults,
)
from cdv_civic.core import pasted_text
from cdv_civic.core.typed_numbers import BadNumber, read_decimal

#: Values by field, as a form holds them.
Typed = Mapping[str, Sequence[str]]


def field_of(question: QuestionRule, option: int | None = None) -> str:
    """The name of the field of a question, or of one of its options."""
    return f"q{question.id}" if option is None else f"q{question.id}_{option}"


def fields_of(question: QuestionRule) -> Iterator[str]:
    """The names of all fields of a question."""
    if question.kind in NUMBERED_OPTIONS:
        yield from (field_of(question, option) for option in question.options)
    else:
        yield field_of(question)


def read(question: QuestionRule, typed: Typed) -> tuple[Given, AnswerFault | None]:
    """What was answered, and what cannot be read of it at all; `questions.fault_of` says whether it may be answered."""
    if question.kind in NUMBERED_OPTIONS:
        return _numbered(question, typed)
    if question.kind in IN_WORDS:
        return Given(words=words_of(next(iter(typed.get(field_of(question), ())), ""))), None
    values = [value.strip() for value in typed.get(field_of(question), ()) if value.strip()]
    if question.kind in WITH_OPTIONS:
        return _chosen(values)
    words = values[0] if values else ""
    if not words:
        return Given(), None
    if question.kind is QuestionKind.STATEMENT:
        # The button that was pressed comes after what the screen carried of before.
        number = whole_number(values[-1])
        return Given(number=number), None if number is not None else AnswerFault.UNKNOWN_OPTION
    number = whole_number(words)
    return Given(number=number), None if number is not None else AnswerFault.NOT_A_NUMBER


def typed_of(question: QuestionRule, given: Given) -> dict[str, list[str]]:
    """The fields of an answer, as `read` takes them."""
    if question.kind in NUMBERED_OPTIONS:
        return {field_of(question, option): [str(number)] for option, number in given.choices.items()}
    if question.kind in WITH_OPTIONS:
        return {field_of(question): [str(option) for option in given.choices]}
    said = given.words if question.kind in IN_WORDS else str(given.number or 0)
    return {} if given.empty else {field_of(question): [said]}


def words_of(said: str) -> str:
    """What is kept of words, whose length is that which is counted; nothing, where nobody could see any of them."""
    words = pasted_text.free_text(said)
    parts = range(0, len(words), pasted_text.LONGEST_PASTED)
    seen = any(pasted_text.one_line(words[start : start + pasted_text.LONGEST_PASTED]) for start in parts)
    return words if seen else ""


def _chosen(values: Sequence[str]) -> tuple[Given, AnswerFault | None]:
    numbers = [whole_number(value) for value in values]
    if None in numbers:
        return Given(), AnswerFault.UNKNOWN_OPTION
    return Given(choices=dict.fromkeys(number for number in numbers if number is not None)), None


def _numbered(question: QuestionRule, typed: Typed) -> tuple[Given, AnswerFault | None]:
    choices: dict[int, int | None] = {}
    for option in question.options:
        value = next(iter(typed.get(field_of(question, option), ())), "").strip()
        number = whole_number(value) if value else 0
        if number is None:
            return Given(choices=choices), AnswerFault.NOT_A_NUMBER
        if number:
            choices[option] = number
    return Given(choices=choices), None


def whole_number(typed: str) -> int | None:
    """A whole number, in any digits that people type; None: it is none."""
    try:
        number = read_decimal(typed)
    except BadNumber:
        return None
    return int(number) if number == int(number) and abs(number) <= LARGEST_NUMBER else None


def read_all(
    questions: Sequence[QuestionRule], typed: Typed
) -> tuple[dict[int, Given], dict[int, AnswerFault]]:
    """What was answered to all questions, and what is wrong with those that are asked, in their order."""
    answers: dict[int, Given] = {}
    unreadable: dict[int, AnswerFault] = {}
    for question in questions:
        answers[question.id], fault = read(question, typed)
        if fault is not None:
            unreadable[question.id] = fault
    found = faults(questions, answers)
    wrong = {
        question.id: unreadable.get(question.id) or found.get(question.id)
        for question in asked(questions, answers)
    }
    return answers, {number: fault for number, fault in wrong.items() if fault is not None}
