"""What is typed for a question of a sheet: « B », « AC », « BAC » for an order, « 5 3 2 » for points; and back.

Each option has the letter that is printed before it, A to Z, and its number, from 1. A few keys say an answer, so that
a sheet takes seconds; whatever is typed is read, or named as wrong, and never raises.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from cdv_civic.consultations.rules.questions import (
    IN_WORDS,
    NOTHING,
    WITH_OPTIONS,
    AnswerFault,
    Given,
    QuestionKind,
    QuestionRule,
    Stance,
    asked,
    faults,
)
from cdv_civic.consultations.rules.typed import whole_number, words_of

#: Options that have a letter; those after them have their number alone.
LETTERS: Final = 26
#: Characters of what is typed for choices that are looked at.
_LONGEST: Final = 400
_APART: Final = re.compile(r"[\s,;/·+.>\-]+")
_PIECE: Final = re.compile(r"[A-Z]|\d+|.")
#: « A5 », « A:5 », « A=5 »: an option and its points.
_PAIR: Final = re.compile(r"([A-Z])[\s:=]*(\d{1,3})")


def letter_of(place: int) -> str:
    """What is printed before the option at a place, from 0: its letter, or its number where letters are used up."""
    return chr(ord("A") + place) if place < LETTERS else str(place + 1)


def _plain(typed: str) -> str:
    """In capitals, digits of any script as 0 to 9; letters that look like another keyboard's stay as they are."""
    kept = unicodedata.normalize("NFKC", typed[:_LONGEST]).upper()
    return "".join(str(int(each)) if each.isdecimal() else each for each in kept).strip()


def _place(piece: str, count: int) -> int | None:
    """The place of the option that a letter or a number stands for."""
    if piece.isascii() and piece.isdigit():
        place = int(piece) - 1 if len(piece) < 4 else -1
    else:
        place = ord(piece) - ord("A") if len(piece) == 1 and "A" <= piece <= "Z" else -1
    return place if 0 <= place < count else None


def _pieces(plain: str, count: int) -> list[str]:
    """Letters and numbers, one for each option: « AC », « A, C », « 1 3 »; « 13 » is two where nine is the most."""
    found: list[str] = []
    for part in _APART.split(plain):
        for piece in _PIECE.findall(part):
            found += list(piece) if piece.isdigit() and count <= 9 else [piece]
    return found


def _options(question: QuestionRule, plain: str) -> tuple[list[int], AnswerFault | None]:
    """The options that were typed, in that order."""
    chosen: list[int] = []
    for piece in _pieces(plain, len(question.options)):
        place = _place(piece, len(question.options))
        if place is None:
            return [], AnswerFault.UNKNOWN_OPTION
        chosen.append(question.options[place])
    return chosen, None


def _points(question: QuestionRule, plain: str) -> tuple[Given, AnswerFault | None]:
    """« 5 3 2 »: the points of the first options; or « A5 C3 B2 »."""
    shared: dict[int, int | None] = {}
    pairs = _PAIR.findall(plain)
    if pairs and not _APART.sub("", _PAIR.sub("", plain)):
        for letter, points in pairs:
            place = _place(letter, len(question.options))
            if place is None:
                return NOTHING, AnswerFault.UNKNOWN_OPTION
            if question.options[place] in shared:
                return NOTHING, AnswerFault.POINTS
            shared[question.options[place]] = int(points)
    else:
        numbers = [part for part in _APART.split(plain) if part]
        if not all(part.isascii() and part.isdigit() and len(part) <= 3 for part in numbers):
            return NOTHING, AnswerFault.NOT_A_NUMBER
        if len(numbers) > len(question.options):
            return NOTHING, AnswerFault.TOO_MANY
        shared = {option: int(points) for option, points in zip(question.options, numbers, strict=False)}
    return Given(choices={option: points for option, points in shared.items() if points}), (
        None if any(shared.values()) else AnswerFault.POINTS
    )


def read(question: QuestionRule, typed: str) -> tuple[Given, AnswerFault | None]:
    """What was typed for a question, and what cannot be read of it; `questions.fault_of` says whether it may be."""
    if question.kind in IN_WORDS:
        return Given(words=words_of(typed)), None
    plain = _plain(typed)
    if not plain:
        return NOTHING, None
    if question.kind is QuestionKind.NUMBER:
        return _number(plain)
    if question.kind is QuestionKind.STATEMENT:
        place = _place(plain, len(Stance))
        if place is None:
            return NOTHING, AnswerFault.UNKNOWN_OPTION
        return Given(number=list(Stance)[place].value), None
    if question.kind is QuestionKind.POINTS:
        return _points(question, plain)
    chosen, fault = _options(question, plain)
    if fault is not None:
        return NOTHING, fault
    if question.kind is QuestionKind.RANK:
        if len(set(chosen)) < len(chosen):
            return NOTHING, AnswerFault.RANKS
        return Given(choices={option: rank for rank, option in enumerate(chosen, 1)}), None
    return Given(choices=dict.fromkeys(chosen)), None


def _number(plain: str) -> tuple[Given, AnswerFault | None]:
    number = whole_number(plain)
    return Given(number=number), None if number is not None else AnswerFault.NOT_A_NUMBER


def codes_of(question: QuestionRule, given: Given) -> str:
    """What somebody would have typed for an answer, as `read` takes it."""
    if question.kind in IN_WORDS:
        return given.words
    if question.kind is QuestionKind.NUMBER:
        return "" if given.number is None else str(given.number)
    if question.kind is QuestionKind.STATEMENT:
        return "" if given.number is None else letter_of(list(Stance).index(Stance(given.number)))
    places = [place for place, option in enumerate(question.options) if option in given.choices]
    if question.kind is QuestionKind.POINTS:
        last = max(places, default=-1)
        return " ".join(str(given.choices.get(option) or 0) for option in question.options[: last + 1])
    if question.kind is QuestionKind.RANK:
        places.sort(key=lambda place: given.choices[question.options[place]] or 0)
    return (" " if len(question.options) > LETTERS else "").join(map(letter_of, places))


def on_paper(questions: Sequence[QuestionRule]) -> list[QuestionRule]:
    """The questions as a sheet asks them: none has to be answered, for nobody can be asked again."""
    return [replace(question, required=False, least=None) for question in questions]


def read_all(
    questions: Sequence[QuestionRule], typed: Mapping[int, str]
) -> tuple[dict[int, Given], dict[int, AnswerFault]]:
    """What a sheet answers to all questions, and what is wrong with those that are asked, in their order.

    What stands beside a question that is not asked is left out in silence: people fill in more than they need to.
    """
    sheet = on_paper(questions)
    answers: dict[int, Given] = {}
    unreadable: dict[int, AnswerFault] = {}
    for question in sheet:
        answers[question.id], fault = read(question, typed.get(question.id, ""))
        if fault is not None:
            unreadable[question.id] = fault
    found = faults(sheet, answers)
    wrong = {
        question.id: unreadable.get(question.id) or found.get(question.id)
        for question in asked(sheet, answers)
    }
    return answers, {number: fault for number, fault in wrong.items() if fault is not None}


def has_letters(question: QuestionRule) -> bool:
    """Whether a letter stands before each of its options."""
    return question.kind in WITH_OPTIONS
