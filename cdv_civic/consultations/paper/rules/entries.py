"""What somebody typed of a sheet, while it waits for a second person to type the same; and whether the two agree."""

from collections.abc import Mapping, Sequence
from typing import Any

from cdv_civic.consultations.rules.questions import NOTHING, Answers, Given, QuestionRule, kept
from cdv_civic.core.text_folding import fold


def to_content(answers: Answers) -> dict[str, Any]:
    """Answers as a row holds them."""
    return {
        str(question): {
            "choices": [[option, number] for option, number in given.choices.items()],
            "number": given.number,
            "words": given.words,
        }
        for question, given in answers.items()
        if not given.empty
    }


def from_content(content: Mapping[str, Any]) -> dict[int, Given]:
    """The answers of a row."""
    return {
        int(question): Given(
            choices={int(option): number for option, number in held["choices"]},
            number=held["number"],
            words=held["words"],
        )
        for question, held in content.items()
    }


def same_given(one: Given, other: Given) -> bool:
    """Whether two people read the same: of words, capitals, accents, signs and spaces do not count."""
    return (
        dict(one.choices) == dict(other.choices)
        and one.number == other.number
        and fold(one.words) == fold(other.words)
    )


def differing(questions: Sequence[QuestionRule], one: Answers, other: Answers) -> list[int]:
    """The questions to which two people read another answer, in the order of the form."""
    first, second = kept(questions, one), kept(questions, other)
    return [
        question.id
        for question in questions
        if not same_given(first.get(question.id, NOTHING), second.get(question.id, NOTHING))
    ]
