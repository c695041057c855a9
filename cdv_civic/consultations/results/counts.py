"""What was counted of a consultation, as plain values: exact, for the organiser and for what may be published of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from cdv_civic.consultations.rules.questions import QuestionRule, Speaker
from cdv_civic.participation.rules.channels import Channel, counted_as

_Counted = TypeVar("_Counted", bound=int | None)


@dataclass(frozen=True)
class AnswerCount:
    """How many answers came one way, proved one way; and how many people they were of, where these are known."""

    speaker: Speaker
    channel: str
    evidence: str
    answers: int
    people: int | None = None


@dataclass(frozen=True)
class QuestionCount:
    """What one kind of speakers answered to a question."""

    #: Those it was asked of: not those who chose otherwise before.
    asked: int
    #: Those who answered something.
    answered: int
    #: Option -> its rank or its points (None: chosen) -> how many.
    options: Mapping[int, Mapping[int | None, int]] = field(default_factory=dict)
    #: Number -> how many gave it.
    values: Mapping[int, int] = field(default_factory=dict)
    #: What staff read in words: option -> how many texts; and in how many texts anything was read.
    codings: Mapping[int, int] = field(default_factory=dict)
    coded: int = 0

    @property
    def blanks(self) -> int:
        """Those who were asked and answered nothing."""
        return self.asked - self.answered

    def chose(self, option: int) -> int:
        """How many chose an option, at whatever rank."""
        return sum(self.options.get(option, {}).values())

    def of_class(self, question: QuestionRule) -> tuple[int, ...]:
        """How many gave a number of each class of a question; the first class takes what is lower."""
        starts = question.classes or (0,)
        found = [0] * len(starts)
        for value, count in self.values.items():
            found[max((at for at, start in enumerate(starts) if value >= start), default=0)] += count
        return tuple(found)


@dataclass(frozen=True)
class CrossCount:
    """Two questions together: how many persons gave each pair of answers. None as an option: no answer."""

    row_question: int
    column_question: int
    cells: Mapping[tuple[int | None, int | None], int]


@dataclass(frozen=True)
class Counted:
    """All that was counted."""

    answers: tuple[AnswerCount, ...]
    questions: Mapping[Speaker, Mapping[int, QuestionCount]]
    crosses: tuple[CrossCount, ...] = ()

    def total(self, speaker: Speaker) -> int:
        """How many answers of one kind of speakers there are."""
        return sum(each.answers for each in self.answers if each.speaker is speaker)

    def people(self, speaker: Speaker) -> int:
        """How many people those of groups or of tables are of."""
        return sum(each.people or 0 for each in self.answers if each.speaker is speaker)

    def by_channel(self, speaker: Speaker = Speaker.PERSON) -> dict[str, dict[str, int]]:
        """Channel of `COUNTED` -> evidence -> how many, in the order of channels."""
        found: dict[str, dict[str, int]] = {}
        for each in self.answers:
            if each.speaker is speaker:
                proved = found.setdefault(counted_as(Channel(each.channel)).value, {})
                proved[each.evidence] = proved.get(each.evidence, 0) + each.answers
        return {channel.value: found[channel.value] for channel in Channel if channel.value in found}


def as_content(counted: Counted) -> dict[str, Any]:
    """What was counted as JSON keeps it."""
    return {
        "answers": [
            [each.speaker.value, each.channel, each.evidence, each.answers, each.people]
            for each in counted.answers
        ],
        "questions": {
            speaker.value: {str(number): _question_content(each) for number, each in questions.items()}
            for speaker, questions in counted.questions.items()
        },
        "crosses": [
            [each.row_question, each.column_question, [[*pair, count] for pair, count in each.cells.items()]]
            for each in counted.crosses
        ],
    }


def _question_content(each: QuestionCount) -> dict[str, Any]:
    return {
        "asked": each.asked,
        "answered": each.answered,
        "options": [
            [option, number, count] for option, by in each.options.items() for number, count in by.items()
        ],
        "values": [[value, count] for value, count in each.values.items()],
        "codings": [[option, count] for option, count in each.codings.items()],
        "coded": each.coded,
    }


def from_content(content: Mapping[str, Any]) -> Counted:
    """What `as_content` wrote."""
    return Counted(
        tuple(
            AnswerCount(Speaker(speaker), channel, evidence, answers, people)
            for speaker, channel, evidence, answers, people in content["answers"]
        ),
        {
            Speaker(speaker): {int(number): _question(each) for number, each in questions.items()}
            for speaker, questions in content["questions"].items()
        },
        tuple(
            CrossCount(row, column, {(first, second): count for first, second, count in cells})
            for row, column, cells in content["crosses"]
        ),
    )


def _question(content: Mapping[str, Any]) -> QuestionCount:
    return QuestionCount(
        content["asked"],
        content["answered"],
        by_option(content["options"]),
        dict(content["values"]),
        dict(content["codings"]),
        content["coded"],
    )


def by_option(rows: Iterable[tuple[int, int | None, int]]) -> dict[int, dict[int | None, int]]:
    """(option, its rank or points, how many) by option."""
    found: dict[int, dict[int | None, int]] = {}
    for option, number, count in rows:
        of = found.setdefault(option, {})
        of[number] = of.get(number, 0) + count
    return found


def difference(counted: Counted, less: Counted) -> Counted:
    """What was counted of the answers that are in the first and not in the second, which are all in the first."""
    answers = {(each.speaker, each.channel, each.evidence): each for each in less.answers}
    left = (_less(each, answers.get((each.speaker, each.channel, each.evidence))) for each in counted.answers)
    nothing = QuestionCount(0, 0)
    crosses = {(each.row_question, each.column_question): each.cells for each in less.crosses}
    return Counted(
        tuple(each for each in left if each.answers),
        {
            speaker: {
                number: _question_less(each, less.questions.get(speaker, {}).get(number, nothing))
                for number, each in questions.items()
            }
            for speaker, questions in counted.questions.items()
        },
        tuple(
            CrossCount(
                each.row_question,
                each.column_question,
                {
                    pair: count - crosses.get((each.row_question, each.column_question), {}).get(pair, 0)
                    for pair, count in each.cells.items()
                },
            )
            for each in counted.crosses
        ),
    )


def _less(each: AnswerCount, other: AnswerCount | None) -> AnswerCount:
    if other is None:
        return each
    people = None if each.people is None else each.people - (other.people or 0)
    return AnswerCount(each.speaker, each.channel, each.evidence, each.answers - other.answers, people)


def _question_less(each: QuestionCount, other: QuestionCount) -> QuestionCount:
    options = {
        option: {number: count - other.options.get(option, {}).get(number, 0) for number, count in by.items()}
        for option, by in each.options.items()
    }
    return QuestionCount(
        each.asked - other.asked,
        each.answered - other.answered,
        {option: _some(by) for option, by in options.items()},
        _some({value: count - other.values.get(value, 0) for value, count in each.values.items()}),
        _some({option: count - other.codings.get(option, 0) for option, count in each.codings.items()}),
        each.coded - other.coded,
    )


def _some(counts: Mapping[_Counted, int]) -> dict[_Counted, int]:
    """Without what nobody gave."""
    return {key: count for key, count in counts.items() if count}


def without_codings(counted: Counted) -> Counted:
    """What was answered, without what staff read in it."""
    return replace(
        counted,
        questions={
            speaker: {number: replace(each, codings={}, coded=0) for number, each in questions.items()}
            for speaker, questions in counted.questions.items()
        },
    )
