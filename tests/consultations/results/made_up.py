"""Consultations that are made up, with what each person answered, and their counts: counted here once more, by hand."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from cdv_civic.consultations.results.counts import AnswerCount, Counted, CrossCount, QuestionCount
from cdv_civic.consultations.rules.questions import (
    IN_WORDS,
    NOTHING,
    ONE_OPTION,
    SOME_OPTIONS,
    Answers,
    Given,
    QuestionKind,
    QuestionRule,
    Speaker,
    Stance,
    asked,
    kept,
)


def counts_of(
    questions: Sequence[QuestionRule],
    answers: Sequence[Answers],
    *,
    crosses: Iterable[tuple[int, int]] = (),
    ways: Sequence[tuple[str, str]] = (("en_ligne", "aucune"),),
    codings: Mapping[int, tuple[Mapping[int, int], int]] | None = None,
) -> Counted:
    """What is counted of persons; `ways`: channel and proof, of one person after the other, and again from the first."""
    was_asked: Counter[int] = Counter()
    answered: Counter[int] = Counter()
    options: dict[int, dict[int, Counter[int | None]]] = {question.id: {} for question in questions}
    values: dict[int, Counter[int]] = {question.id: Counter() for question in questions}
    for each in answers:
        for question in asked(questions, each):
            given = each.get(question.id, NOTHING)
            was_asked[question.id] += 1
            # Who passes a sentence takes no side.
            answered[question.id] += not given.empty and not (
                question.kind is QuestionKind.STATEMENT and given.number == Stance.PASS
            )
            for option, number in given.choices.items():
                options[question.id].setdefault(option, Counter())[number] += 1
            if given.number is not None:
                values[question.id][given.number] += 1
    by_id = {question.id: question for question in questions}
    by_way = Counter(ways[number % len(ways)] for number in range(len(answers)))
    return Counted(
        tuple(AnswerCount(Speaker.PERSON, *way, count) for way, count in sorted(by_way.items())),
        {
            Speaker.PERSON: {
                question.id: QuestionCount(
                    was_asked[question.id],
                    answered[question.id],
                    options[question.id],
                    values[question.id],
                    *(codings or {}).get(question.id, ({}, 0)),
                )
                for question in questions
            }
        },
        tuple(
            CrossCount(
                row,
                column,
                Counter(
                    (chosen(each, row), chosen(each, column))
                    for each in answers
                    if any(question.id == row for question in asked(questions, each))
                ),
            )
            for row, column in crosses
            if {by_id[row].kind, by_id[column].kind} <= ONE_OPTION
        ),
    )


def chosen(answers: Answers, question: int) -> int | None:
    return next(iter(answers.get(question, NOTHING).choices), None)


def choice(question: int, *options: int) -> dict[int, Given]:
    """An answer to one question."""
    return {question: Given(choices=dict.fromkeys(options))} if options else {}


def people(*parts: tuple[int, Mapping[int, Given]]) -> list[Answers]:
    """So many people who answered alike, and so on."""
    return [answers for count, answers in parts for _number in range(count)]


#: All kinds, some asked of those alone who chose an option before: 11 to 14, and of those again.
FORM = (
    QuestionRule(1, QuestionKind.SINGLE, (11, 12, 13, 14)),
    QuestionRule(2, QuestionKind.SCALE, (21, 22, 23), condition=11),
    QuestionRule(3, QuestionKind.MULTIPLE, (31, 32, 33, 34), most=2),
    QuestionRule(4, QuestionKind.PICTURES, (41, 42), condition=31),
    QuestionRule(5, QuestionKind.NUMBER, classes=(0, 5, 10)),
    QuestionRule(6, QuestionKind.SHORT),
    QuestionRule(7, QuestionKind.RANK, (71, 72, 73), most=2),
    QuestionRule(8, QuestionKind.POINTS, (81, 82, 83), most=5),
    QuestionRule(9, QuestionKind.PICK, (91, 92, 93), least=2, most=2),
    QuestionRule(10, QuestionKind.SINGLE, (101, 102, 103)),
    QuestionRule(11, QuestionKind.SCALE, (111, 112)),
    QuestionRule(12, QuestionKind.MULTIPLE, (121, 122), condition=22),
    QuestionRule(13, QuestionKind.STATEMENT),
    QuestionRule(14, QuestionKind.STATEMENT, condition=11),
)
CROSSES = ((10, 11),)
WAYS = tuple(
    [("en_ligne", "aucune")] * 9
    + [("en_ligne", "carte")] * 3
    + [("papier", "temoin")] * 4
    + [("rue", "temoin"), ("telephone", "aucune"), ("marche", "temoin")]
)


def made_up(chance: random.Random, count: int, questions: Sequence[QuestionRule] = FORM) -> list[Answers]:
    """What so many people answered; each question has answers that are seldom given, and is left out more or less."""
    leans = {question.id: [chance.choice((0, 1, 4, 9, 30)) for _each in range(12)] for question in questions}
    skipped = {question.id: chance.choice((0, 0, 0.01, 0.05, 0.3)) for question in questions}
    return [
        kept(
            questions,
            {
                question.id: anything(chance, question, leans[question.id])
                for question in questions
                if chance.random() >= skipped[question.id]
            },
        )
        for _person in range(count)
    ]


def anything(chance: random.Random, question: QuestionRule, leans: Sequence[int]) -> Given:
    """An answer to a question, of which some are given more often than others."""
    if question.kind in IN_WORDS:
        return Given(words="Des bancs")
    if question.kind is QuestionKind.NUMBER:
        return Given(number=chance.choices(range(12), [each + 1 for each in leans])[0])
    if question.kind is QuestionKind.STATEMENT:
        return Given(number=chance.choices(list(Stance), [each + 1 for each in leans[:3]])[0].value)
    options = list(question.options)
    order: list[int] = []
    while options:
        weights = [leans[question.options.index(option)] + 0.01 for option in options]
        order.append(chance.choices(options, weights)[0])
        options.remove(order[-1])
    match question.kind:
        case QuestionKind.RANK:
            taken = order[: chance.randint(question.least or 1, question.places)]
            return Given(choices={option: rank for rank, option in enumerate(taken, 1)})
        case QuestionKind.POINTS:
            given = Counter(chance.choices(order, [6, *[1] * (len(order) - 1)], k=question.places))
            return Given(choices=dict(given))
        case kind if kind in SOME_OPTIONS:
            return Given(choices=dict.fromkeys(order[: chance.randint(question.least or 1, question.places)]))
    return Given(choices={order[0]: None})
