"""Questions for tests, as rules and as pages read them, without a database; and strategies that make them."""

from dataclasses import replace
from itertools import count
from typing import Any

from hypothesis import strategies as st

from cdv_civic.consultations.queries.definition import ShownOption, ShownQuestion, ShownStep
from cdv_civic.consultations.rules.questions import (
    NUMBERED_OPTIONS,
    WITH_OPTIONS,
    Given,
    QuestionKind,
    QuestionRule,
    Stance,
)
from cdv_civic.core.localized import Words

KINDS = tuple(QuestionKind)


def words(text: str, language: str = "fr") -> Words:
    return Words(text, language, translated=True)


def shown(rule: QuestionRule, text: str = "Que faut-il d’abord ?", **more: Any) -> ShownQuestion:
    """A question in words: its options are « Réponse 1 », « Réponse 2 »… unless `said` names them."""
    said = more.pop("said", [f"Réponse {number}" for number in range(1, len(rule.options) + 1)])
    options = tuple(
        ShownOption(option, words(label), position)
        for position, (option, label) in enumerate(zip(rule.options, said, strict=True))
    )
    values = {"hint": None, "easy": None, "options": options, **more}
    return ShownQuestion(rule, 1, 0, words(text), **values)


def step(*questions: ShownQuestion, kind: str = "questionnaire", number: int = 1) -> ShownStep:
    return ShownStep(number, kind, number, None, None, questions)


@st.composite
def rules(draw: st.DrawFn, number: int = 1, kinds: tuple[QuestionKind, ...] = KINDS) -> QuestionRule:
    """A question without a condition. Options have ids of their own: those of question 3 are 300, 301…"""
    kind = draw(st.sampled_from(kinds))
    options = draw(st.integers(2, 6)) if kind in WITH_OPTIONS else 0
    most = draw(st.none() | st.integers(1, 12))
    least = draw(st.none() | st.integers(0, most or 3))
    lowest = draw(st.none() | st.integers(-5, 5))
    highest = draw(st.none() | st.integers(6, 200))
    return QuestionRule(
        number,
        kind,
        tuple(number * 100 + place for place in range(options)),
        draw(st.booleans()),
        least if kind in WITH_OPTIONS else None,
        most,
        lowest if kind is QuestionKind.NUMBER else None,
        highest if kind is QuestionKind.NUMBER else None,
    )


@st.composite
def forms(draw: st.DrawFn, most: int = 7) -> list[QuestionRule]:
    """Questions in order, some asked only after an option of an earlier one."""
    made: list[QuestionRule] = []
    for number in range(1, draw(st.integers(1, most)) + 1):
        question = draw(rules(number))
        before = [option for each in made for option in each.options]
        conditional: bool = draw(st.booleans())
        if before and conditional:
            question = replace(question, condition=draw(st.sampled_from(before)))
        made.append(question)
    return made


@st.composite
def right_answers(draw: st.DrawFn, question: QuestionRule) -> Given:
    """An answer to a question with which nothing is wrong."""
    if not question.required and draw(st.booleans()):
        return Given()
    kind = question.kind
    options = draw(st.permutations(question.options))
    if kind is QuestionKind.POINTS:
        points: dict[int, int | None] = dict.fromkeys(options, 0)
        for _ in range(question.places):
            option = draw(st.sampled_from(options))
            points[option] = (points[option] or 0) + 1
        return Given(choices={option: number for option, number in points.items() if number})
    if kind in WITH_OPTIONS:
        least = min(question.least or 1, question.places)
        chosen = options[: draw(st.integers(max(least, 1), question.places))]
        ranks = count(1)
        return Given(choices={each: next(ranks) if kind in NUMBERED_OPTIONS else None for each in chosen})
    if kind is QuestionKind.NUMBER:
        low = -1000 if question.lowest is None else question.lowest
        high = 100_000 if question.highest is None else question.highest
        return Given(number=draw(st.integers(low, high)))
    if kind is QuestionKind.STATEMENT:
        return Given(number=draw(st.sampled_from(Stance)).value)
    letter = st.characters(categories=("L", "N"), codec="utf-8")
    return Given(words=draw(st.text(letter, min_size=1, max_size=min(question.longest, 30))))
