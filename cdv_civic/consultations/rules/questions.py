"""Questions and what is answered to them, as plain values: what may be said, and which questions are asked at all.

A kind of question says what a well-formed answer to it is. Kinds of steps (`kinds/`) say which of them they take, how
they look, and how they are counted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Final, TypeAlias


class QuestionKind(StrEnum):
    """What is asked."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    #: Ordered options with faces and words, the best first.
    SCALE = "scale"
    NUMBER = "number"
    SHORT = "short"
    LONG = "long"
    #: One of several pictures.
    PICTURES = "pictures"
    #: The first `most` options (all, where it says nothing) in order.
    RANK = "rank"
    #: `most` points shared out, all of them or none.
    POINTS = "points"
    #: `most` options at most, in no order.
    PICK = "pick"
    #: A short sentence: one agrees, passes, or does not agree.
    STATEMENT = "statement"


QUESTION_KINDS: Final = tuple(kind.value for kind in QuestionKind)
ONE_OPTION: Final = frozenset({QuestionKind.SINGLE, QuestionKind.SCALE, QuestionKind.PICTURES})
SOME_OPTIONS: Final = frozenset({QuestionKind.MULTIPLE, QuestionKind.PICK})
NUMBERED_OPTIONS: Final = frozenset({QuestionKind.RANK, QuestionKind.POINTS})
IN_WORDS: Final = frozenset({QuestionKind.SHORT, QuestionKind.LONG})
#: Alone on a screen, each answer is a button that goes on.
PRESSED: Final = frozenset({QuestionKind.STATEMENT})
WITH_OPTIONS: Final = ONE_OPTION | SOME_OPTIONS | NUMBERED_OPTIONS


class Stance(IntEnum):
    """What one says of a sentence, as the number that an answer holds. Whoever passes is for and against nothing."""

    AGREE = 1
    PASS = 2
    DISAGREE = 3


#: What is counted of a sentence; who passed is counted with those who gave no answer.
SIDES: Final = (Stance.AGREE.value, Stance.DISAGREE.value)


class Speaker(StrEnum):
    """Whose answer it is. Those of groups and of tables are never added to those of persons."""

    PERSON = "person"
    #: A class, a council of children: one voice, with its size.
    GROUP = "group"
    #: A table of a workshop.
    TABLE = "table"


SPEAKERS: Final = tuple(speaker.value for speaker in Speaker)

#: Bounds that no organiser can lift.
MOST_OPTIONS: Final = 60
MOST_POINTS: Final = 100
MOST_QUESTIONS: Final = 60
LONGEST_SHORT: Final = 200
LONGEST_LONG: Final = 4_000
#: No number that is answered, or begins a class, is further from none.
LARGEST_NUMBER: Final = 999_999_999


@dataclass(frozen=True)
class QuestionRule:
    """A question by its stable id, without its words."""

    id: int
    kind: QuestionKind
    #: Ids of the options that can be chosen, in order.
    options: tuple[int, ...] = ()
    required: bool = False
    least: int | None = None
    most: int | None = None
    lowest: int | None = None
    highest: int | None = None
    #: The first numbers of the classes by which a number is published.
    classes: tuple[int, ...] = ()
    #: Asked of those alone who chose this option of an earlier question.
    condition: int | None = None

    @property
    def longest(self) -> int:
        """How many characters words may have."""
        bound = LONGEST_SHORT if self.kind is QuestionKind.SHORT else LONGEST_LONG
        return min(self.most or bound, bound)

    @property
    def places(self) -> int:
        """How many options can be chosen or ranked, how many points are shared out."""
        if self.kind is QuestionKind.POINTS:
            return min(self.most or 10, MOST_POINTS)
        if self.kind in ONE_OPTION:
            return 1
        return min(self.most or len(self.options), len(self.options))


@dataclass(frozen=True)
class Given:
    """What somebody answered to one question; all empty: nothing."""

    #: Option -> its rank or its points; None where it is simply chosen.
    choices: Mapping[int, int | None] = field(default_factory=dict)
    number: int | None = None
    words: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was answered: « passer »."""
        return not self.choices and self.number is None and not self.words.strip()


#: What somebody answered, by question.
Answers: TypeAlias = Mapping[int, Given]
NOTHING: Final = Given()


class AnswerFault(StrEnum):
    """What is wrong with what was answered to one question."""

    MISSING = "missing"
    #: An option of another question, or none at all: the form was tampered with, or is an older one.
    UNKNOWN_OPTION = "unknown_option"
    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    NOT_A_NUMBER = "not_a_number"
    #: The ranks are not 1, 2, 3…
    RANKS = "ranks"
    #: The points do not add up to what there is to share out.
    POINTS = "points"
    TOO_LOW = "too_low"
    TOO_HIGH = "too_high"
    TOO_LONG = "too_long"


def same_answers(one: Answers, other: Answers) -> bool:
    """Whether two answers say the same, whatever else they leave out."""
    first, second = (
        {number: given for number, given in each.items() if not given.empty} for each in (one, other)
    )
    return first == second


def asked(questions: Sequence[QuestionRule], answers: Answers) -> Iterator[QuestionRule]:
    """The questions that are asked of somebody with these answers, in order.

    A condition counts only where the question it looks at was asked too: what was answered before one went back and
    chose otherwise asks for nothing.
    """
    chosen: set[int] = set()
    for question in questions:
        if question.condition is not None and question.condition not in chosen:
            continue
        yield question
        # An option of another question, that came with a form of somebody’s own making, opens nothing.
        chosen.update(set(answers.get(question.id, NOTHING).choices) & set(question.options))


def kept(questions: Sequence[QuestionRule], answers: Answers) -> dict[int, Given]:
    """What is kept of an answer: what was answered to the questions that are asked."""
    return {
        question.id: answers[question.id]
        for question in asked(questions, answers)
        if not answers.get(question.id, NOTHING).empty
    }


def faults(questions: Sequence[QuestionRule], answers: Answers) -> dict[int, AnswerFault]:
    """What is wrong, by question, in the order of the form; of questions that are not asked nothing is."""
    found = (
        (question.id, fault_of(question, answers.get(question.id, NOTHING)))
        for question in asked(questions, answers)
    )
    return {number: fault for number, fault in found if fault is not None}


def fault_of(question: QuestionRule, given: Given) -> AnswerFault | None:
    """The first thing that is wrong with what was answered to a question; None: nothing."""
    if given.empty:
        return AnswerFault.MISSING if question.required else None
    if not set(given.choices) <= set(question.options):
        return AnswerFault.UNKNOWN_OPTION
    if question.kind in WITH_OPTIONS:
        return _fault_of_choices(question, given.choices)
    if question.kind is QuestionKind.NUMBER:
        return _fault_of_number(question, given.number)
    if question.kind is QuestionKind.STATEMENT:
        return None if given.number in list(Stance) else AnswerFault.UNKNOWN_OPTION
    return AnswerFault.TOO_LONG if len(given.words) > question.longest else None


def _fault_of_choices(question: QuestionRule, choices: Mapping[int, int | None]) -> AnswerFault | None:
    if question.kind is QuestionKind.POINTS:
        given = [points or 0 for points in choices.values()]
        return None if min(given) >= 1 and sum(given) == question.places else AnswerFault.POINTS
    if len(choices) > question.places:
        return AnswerFault.TOO_MANY
    if len(choices) < min(question.least or 1, question.places):
        return AnswerFault.TOO_FEW
    if question.kind is QuestionKind.RANK:
        ranks = sorted(rank or 0 for rank in choices.values())
        return None if ranks == list(range(1, len(ranks) + 1)) else AnswerFault.RANKS
    return None


def _fault_of_number(question: QuestionRule, number: int | None) -> AnswerFault | None:
    if number is None:
        return AnswerFault.MISSING
    if question.lowest is not None and number < question.lowest:
        return AnswerFault.TOO_LOW
    if question.highest is not None and number > question.highest:
        return AnswerFault.TOO_HIGH
    return None


def looking_ahead(questions: Sequence[QuestionRule]) -> Iterable[int]:
    """Ids of questions whose condition looks at no option of an earlier question: none could ever be asked."""
    seen: set[int] = set()
    for question in questions:
        if question.condition is not None and question.condition not in seen:
            yield question.id
        seen.update(question.options)
