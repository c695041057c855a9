"""What may be answered, and which questions are asked at all."""

from dataclasses import replace

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from cdv_civic.consultations.rules.questions import (
    LONGEST_LONG,
    LONGEST_SHORT,
    MOST_POINTS,
    AnswerFault,
    Given,
    QuestionKind,
    QuestionRule,
    asked,
    fault_of,
    faults,
    kept,
)
from tests.consultations.questions import forms, right_answers, rules

RANK = QuestionRule(1, QuestionKind.RANK, (10, 11, 12, 13), most=3)
POINTS = QuestionRule(1, QuestionKind.POINTS, (10, 11, 12), most=10)
MULTIPLE = QuestionRule(1, QuestionKind.MULTIPLE, (10, 11, 12, 13), least=2, most=3)
NUMBER = QuestionRule(1, QuestionKind.NUMBER, lowest=0, highest=120)


def chosen(*options: int) -> Given:
    return Given(choices=dict.fromkeys(options))


@pytest.mark.parametrize(
    ("question", "given", "fault"),
    [
        (RANK, Given(choices={10: 1, 12: 2}), None),
        (RANK, Given(choices={10: 3, 11: 1, 12: 2}), None),
        (RANK, Given(choices={10: 1, 11: 1}), AnswerFault.RANKS),
        (RANK, Given(choices={10: 1, 11: 3}), AnswerFault.RANKS),
        (RANK, Given(choices={10: 2}), AnswerFault.RANKS),
        (RANK, Given(choices={10: -1}), AnswerFault.RANKS),
        (RANK, Given(choices={10: None}), AnswerFault.RANKS),
        (RANK, Given(choices={10: 1, 11: 2, 12: 3, 13: 4}), AnswerFault.TOO_MANY),
        (replace(RANK, least=2), Given(choices={10: 1}), AnswerFault.TOO_FEW),
        (POINTS, Given(choices={10: 10}), None),
        (POINTS, Given(choices={10: 4, 11: 6}), None),
        (POINTS, Given(choices={10: 4, 11: 5}), AnswerFault.POINTS),
        (POINTS, Given(choices={10: 4, 11: 7}), AnswerFault.POINTS),
        (POINTS, Given(choices={10: 14, 11: -4}), AnswerFault.POINTS),
        (MULTIPLE, chosen(10, 12), None),
        (MULTIPLE, chosen(10), AnswerFault.TOO_FEW),
        (MULTIPLE, chosen(10, 11, 12, 13), AnswerFault.TOO_MANY),
        (MULTIPLE, chosen(10, 99), AnswerFault.UNKNOWN_OPTION),
        (replace(MULTIPLE, least=9, most=None), chosen(10, 11, 12, 13), None),
        (QuestionRule(1, QuestionKind.SINGLE, (10, 11)), chosen(10, 11), AnswerFault.TOO_MANY),
        (QuestionRule(1, QuestionKind.PICTURES, (10, 11)), chosen(12), AnswerFault.UNKNOWN_OPTION),
        (NUMBER, Given(number=0), None),
        (NUMBER, Given(number=120), None),
        (NUMBER, Given(number=-1), AnswerFault.TOO_LOW),
        (NUMBER, Given(number=121), AnswerFault.TOO_HIGH),
        (QuestionRule(1, QuestionKind.SHORT), Given(words="a" * LONGEST_SHORT), None),
        (QuestionRule(1, QuestionKind.SHORT), Given(words="a" * (LONGEST_SHORT + 1)), AnswerFault.TOO_LONG),
        (QuestionRule(1, QuestionKind.SHORT, most=10_000), Given(words="a" * 201), AnswerFault.TOO_LONG),
        (QuestionRule(1, QuestionKind.LONG, most=3), Given(words="abcd"), AnswerFault.TOO_LONG),
        (QuestionRule(1, QuestionKind.LONG), Given(words="a" * 20_000), AnswerFault.TOO_LONG),
    ],
)
def test_what_is_wrong_with_an_answer(
    question: QuestionRule, given: Given, fault: AnswerFault | None
) -> None:
    assert fault_of(question, given) is fault


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_only_a_question_that_must_be_answered_may_not_be_passed(kind: QuestionKind) -> None:
    question = QuestionRule(1, kind, (10, 11) if kind not in ("number", "short", "long") else ())
    assert fault_of(question, Given()) is None
    assert fault_of(replace(question, required=True), Given()) is AnswerFault.MISSING
    assert fault_of(replace(question, required=True), Given(words="\u00a0 \n")) is AnswerFault.MISSING


def test_no_organiser_lifts_the_bounds() -> None:
    assert replace(POINTS, most=5000).places == MOST_POINTS
    assert replace(RANK, most=50).places == 4
    assert QuestionRule(1, QuestionKind.LONG, most=50_000).longest == LONGEST_LONG


@examples(st.data())
def test_a_right_answer_is_taken_and_its_tampered_double_is_not(data: st.DataObject) -> None:
    question = data.draw(rules())
    given = data.draw(right_answers(question))
    assert fault_of(question, given) is None
    foreign = data.draw(st.integers().filter(lambda option: option not in question.options))
    tampered = replace(given, choices={**given.choices, foreign: 1})
    assert fault_of(question, tampered) is AnswerFault.UNKNOWN_OPTION


@examples(st.lists(st.integers(-2, 6), min_size=4, max_size=4))
def test_ranks_are_taken_exactly_where_they_are_the_first_whole_numbers(ranks: list[int]) -> None:
    given = Given(choices={10 + place: rank for place, rank in enumerate(ranks) if rank})
    said = sorted(rank for rank in ranks if rank)
    right = not said or (len(said) <= 3 and said == [1, 2, 3][: len(said)])
    assert (fault_of(RANK, given) is None) is right


@examples(st.lists(st.integers(-3, 12), min_size=3, max_size=3))
def test_points_are_taken_exactly_where_they_add_up(points: list[int]) -> None:
    given = Given(choices={10 + place: each for place, each in enumerate(points) if each})
    right = not any(points) or (min(points) >= 0 and sum(points) == 10)
    assert (fault_of(POINTS, given) is None) is right


CHAIN = (
    QuestionRule(1, QuestionKind.SINGLE, (10, 11), required=True),
    QuestionRule(2, QuestionKind.SINGLE, (20, 21), required=True, condition=10),
    QuestionRule(3, QuestionKind.LONG, required=True, condition=20),
)


def test_what_was_answered_before_one_went_back_asks_for_nothing() -> None:
    answers = {1: chosen(11), 2: chosen(20), 3: Given(words="Parce que")}
    assert [each.id for each in asked(CHAIN, answers)] == [1]
    assert faults(CHAIN, answers) == {}
    assert list(kept(CHAIN, answers)) == [1]


def test_a_question_whose_condition_holds_must_be_answered_where_it_says_so() -> None:
    answers = {1: chosen(10), 2: chosen(20)}
    assert [each.id for each in asked(CHAIN, answers)] == [1, 2, 3]
    assert faults(CHAIN, answers) == {3: AnswerFault.MISSING}


def test_an_option_of_another_question_opens_nothing() -> None:
    answers = {1: chosen(11, 20), 2: chosen(20)}
    assert [each.id for each in asked(CHAIN, answers)] == [1]


@examples(st.data())
def test_a_question_is_asked_exactly_where_its_condition_was_chosen_in_one_that_is_asked(
    data: st.DataObject,
) -> None:
    form = data.draw(forms())
    answers = {question.id: data.draw(right_answers(question)) for question in form}
    found = {question.id for question in asked(form, answers)}
    holder = {option: question.id for question in form for option in question.options}

    def is_asked(question: QuestionRule) -> bool:
        if question.condition is None:
            return True
        earlier = holder[question.condition]
        return question.condition in answers[earlier].choices and is_asked(
            next(each for each in form if each.id == earlier)
        )

    assert found == {question.id for question in form if is_asked(question)}
    assert set(kept(form, answers)) <= found
    assert faults(form, answers) == {}
