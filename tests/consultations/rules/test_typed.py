"""What is typed is read, and typed again as it was."""

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from cdv_civic.consultations.rules.questions import (
    NUMBERED_OPTIONS,
    AnswerFault,
    Given,
    QuestionKind,
    QuestionRule,
)
from cdv_civic.consultations.rules.typed import field_of, fields_of, read, read_all, typed_of
from tests.consultations.questions import forms, right_answers, rules

SINGLE = QuestionRule(1, QuestionKind.SINGLE, (10, 11), required=True)
POINTS = QuestionRule(2, QuestionKind.POINTS, (20, 21), most=10)
NUMBER = QuestionRule(3, QuestionKind.NUMBER, required=True)
WORDS = QuestionRule(4, QuestionKind.SHORT)


@examples(st.data())
def test_an_answer_typed_again_is_read_as_it_was(data: st.DataObject) -> None:
    question = data.draw(rules())
    given = data.draw(right_answers(question))
    typed = typed_of(question, given)
    assert set(typed) <= set(fields_of(question))
    assert read(question, typed) == (given, None)


@examples(st.data())
def test_a_form_of_right_answers_has_no_fault(data: st.DataObject) -> None:
    form = data.draw(forms())
    answers = {question.id: data.draw(right_answers(question)) for question in form}
    typed = {name: said for each in form for name, said in typed_of(each, answers[each.id]).items()}
    assert read_all(form, typed) == (answers, {})


@examples(forms(), st.data())
def test_whatever_comes_with_a_form_is_read_without_an_accident(
    form: list[QuestionRule], data: st.DataObject
) -> None:
    names = [*{name for question in form for name in fields_of(question)}, "q999", "q1_1"]
    said = st.one_of(st.text(max_size=20), st.sampled_from(["100", "200", "1", "٣", "-1", "1e9", "²"]))
    typed = data.draw(st.dictionaries(st.sampled_from(names), st.lists(said, max_size=3), max_size=12))
    answers, wrong = read_all(form, typed)
    assert set(answers) == {question.id for question in form}
    assert set(wrong) <= set(answers)
    for question in form:
        if question.kind in NUMBERED_OPTIONS:
            assert set(answers[question.id].choices) <= set(question.options)


@pytest.mark.parametrize("typed", ["12", "١٢", "۱۲", " 12 ", "\u200e12", "12,0"])
def test_a_number_is_read_in_any_digits(typed: str) -> None:
    assert read(NUMBER, {"q3": [typed]}) == (Given(number=12), None)


@pytest.mark.parametrize("typed", ["douze", "12,5", "1,250", "12 ans", "9" * 12, "9" * 3000, "1/2", "∞"])
def test_what_is_no_whole_number_is_said_to_be_none(typed: str) -> None:
    given, fault = read(NUMBER, {"q3": [typed]})
    assert (given, fault) == (Given(), AnswerFault.NOT_A_NUMBER)
    assert read_all([NUMBER], {"q3": [typed]})[1] == {3: AnswerFault.NOT_A_NUMBER}


def test_points_in_arabic_digits_add_up() -> None:
    assert read_all([POINTS], {"q2_20": ["٤"], "q2_21": ["٦"]}) == ({2: Given(choices={20: 4, 21: 6})}, {})


def test_a_zero_gives_nothing_and_an_unreadable_point_is_told() -> None:
    assert read(POINTS, {"q2_20": ["0"], "q2_21": ["10"]}) == (Given(choices={21: 10}), None)
    assert read(POINTS, {"q2_20": ["beaucoup"]})[1] is AnswerFault.NOT_A_NUMBER


@pytest.mark.parametrize("typed", ["abc", "", "20", "10.5", "99999999999"])
def test_an_option_that_is_not_offered_is_not_taken(typed: str) -> None:
    wrong = read_all([SINGLE], {"q1": [typed]})[1]
    assert wrong == {1: AnswerFault.UNKNOWN_OPTION if typed else AnswerFault.MISSING}


def test_two_answers_where_one_is_asked_are_too_many() -> None:
    assert read_all([SINGLE], {"q1": ["10", "11"]})[1] == {1: AnswerFault.TOO_MANY}
    assert read_all([SINGLE], {"q1": ["10", "10"]})[1] == {}


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e\u200b", "\ufeff", "\u200b" * 20_000, " \n\t "])
def test_words_that_nobody_can_see_are_no_answer(unseen: str) -> None:
    assert read(WORDS, {"q4": [unseen]}) == (Given(), None)


def test_words_are_counted_as_they_are_kept() -> None:
    two_lines = "a" * 99 + "\r\n" + "b" * 100
    given, _ = read(WORDS, {"q4": [f"  {two_lines}\x00 "]})
    assert given.words == two_lines.replace("\r\n", "\n")
    assert read_all([WORDS], {"q4": [two_lines]})[1] == {}
    assert read_all([WORDS], {"q4": [two_lines + "c"]})[1] == {4: AnswerFault.TOO_LONG}
    assert read(WORDS, {"q4": ["👍🏽 د\u202bمرحبا"]})[0].words == "👍🏽 د\u202bمرحبا"


def test_each_field_names_its_question_and_its_option() -> None:
    assert field_of(POINTS) == "q2"
    assert list(fields_of(POINTS)) == ["q2_20", "q2_21"]
    assert list(fields_of(SINGLE)) == ["q1"]
