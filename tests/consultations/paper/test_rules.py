"""What is typed of a sheet, its number, and the sentence of a panel."""

import itertools
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.consultations.paper.rules.codes import codes_of, letter_of, on_paper, read, read_all
from cdv_civic.consultations.paper.rules.entries import differing, from_content, to_content
from cdv_civic.consultations.paper.rules.luminous import MOST, panel_text
from cdv_civic.consultations.paper.rules.numbers import (
    Spans,
    next_sheet,
    ranges,
    ranges_said,
    read_ranges,
    read_sheet,
    sheet_code,
    written,
)
from cdv_civic.consultations.rules.questions import AnswerFault, Given, QuestionKind, QuestionRule, fault_of
from cdv_civic.consultations.rules.typed import words_of

K = QuestionKind
FOUR = (11, 12, 13, 14)


@pytest.mark.parametrize(
    ("kind", "typed", "choices"),
    [
        (K.SINGLE, "b", {12: None}),
        (K.SINGLE, " 2 ", {12: None}),
        (K.SINGLE, "Ｂ", {12: None}),
        (K.SINGLE, "٢", {12: None}),
        (K.MULTIPLE, "AC", {11: None, 13: None}),
        (K.MULTIPLE, "a, c", {11: None, 13: None}),
        (K.MULTIPLE, "13", {11: None, 13: None}),
        (K.MULTIPLE, "1-3", {11: None, 13: None}),
        (K.RANK, "BAC", {12: 1, 11: 2, 13: 3}),
        (K.RANK, "2 1 3", {12: 1, 11: 2, 13: 3}),
        (K.POINTS, "5 3 2", {11: 5, 12: 3, 13: 2}),
        (K.POINTS, "0 10", {12: 10}),
        (K.POINTS, "D4 A6", {14: 4, 11: 6}),
        (K.POINTS, "a:6, d=4", {11: 6, 14: 4}),
    ],
)
def test_a_few_keys_say_an_answer(kind: K, typed: str, choices: Mapping[int, int | None]) -> None:
    question = QuestionRule(1, kind, FOUR, most=10 if kind is K.POINTS else None)
    answer, fault = read(question, typed)
    assert fault is None
    assert answer.choices == choices
    assert fault_of(question, answer) is None


@pytest.mark.parametrize(
    ("kind", "typed", "fault"),
    [
        (K.SINGLE, "E", AnswerFault.UNKNOWN_OPTION),
        (K.SINGLE, "0", AnswerFault.UNKNOWN_OPTION),
        (K.SINGLE, "AB", AnswerFault.TOO_MANY),
        (K.SINGLE, "É", AnswerFault.UNKNOWN_OPTION),
        (K.RANK, "AAB", AnswerFault.RANKS),
        (K.POINTS, "5 3", AnswerFault.POINTS),
        (K.POINTS, "5 x", AnswerFault.NOT_A_NUMBER),
        (K.POINTS, "1 2 3 4 5", AnswerFault.TOO_MANY),
        (K.POINTS, "0 0", AnswerFault.POINTS),
        (K.POINTS, "A5 A5", AnswerFault.POINTS),
        (K.NUMBER, "dix", AnswerFault.NOT_A_NUMBER),
        (K.NUMBER, "1,5", AnswerFault.NOT_A_NUMBER),
        (K.NUMBER, "1e400", AnswerFault.NOT_A_NUMBER),
        (K.STATEMENT, "D", AnswerFault.UNKNOWN_OPTION),
        (K.STATEMENT, "AB", AnswerFault.UNKNOWN_OPTION),
    ],
)
def test_what_no_sheet_can_say_is_named(kind: K, typed: str, fault: AnswerFault) -> None:
    question = QuestionRule(
        1, kind, FOUR if kind is not K.NUMBER else (), most=10 if kind is K.POINTS else None
    )
    assert read_all([question], {1: typed})[1] == {1: fault}


def questions() -> st.SearchStrategy[QuestionRule]:
    return st.builds(
        lambda kind, count, most: QuestionRule(
            1,
            kind,
            tuple(range(101, 101 + count)) if kind not in (K.NUMBER, K.SHORT, K.LONG, K.STATEMENT) else (),
            most=most,
        ),
        st.sampled_from(list(K)),
        st.integers(1, 60),
        st.one_of(st.none(), st.integers(1, 60)),
    )


@st.composite
def answered(draw: st.DrawFn) -> tuple[QuestionRule, Given]:
    """A question and an answer that may be given to it."""
    question = draw(questions())
    chosen = draw(st.lists(st.sampled_from(question.options), unique=True)) if question.options else []
    if question.kind in (K.SHORT, K.LONG):
        return question, Given(words=words_of(draw(st.text(max_size=60))))
    if question.kind is K.STATEMENT:
        return question, Given(number=draw(st.integers(1, 3)))
    if question.kind is K.NUMBER:
        return question, Given(number=draw(st.integers(-999_999_999, 999_999_999)))
    if question.kind is K.RANK:
        return question, Given(choices={option: rank for rank, option in enumerate(chosen, 1)})
    if question.kind is K.POINTS:
        return question, Given(choices={option: draw(st.integers(1, 100)) for option in chosen})
    return question, Given(choices=dict.fromkeys(chosen[:1] if question.places == 1 else chosen))


@given(answered())
def test_what_a_sheet_shows_again_is_read_as_the_same(pair: tuple[QuestionRule, Given]) -> None:
    question, answer = pair
    again, fault = read(question, codes_of(question, answer))
    assert fault is None
    assert dict(again.choices) == dict(answer.choices)
    assert (again.number, again.words) == (answer.number, answer.words)


@given(questions(), st.text(max_size=300))
def test_whatever_is_typed_is_read_or_named_as_wrong(question: QuestionRule, typed: str) -> None:
    answers, faults = read_all([question], {1: typed})
    if not faults:
        assert fault_of(on_paper([question])[0], answers[1]) is None


def test_letters_end_where_numbers_go_on() -> None:
    assert [letter_of(place) for place in (0, 25, 26, 59)] == ["A", "Z", "27", "60"]


def test_a_sheet_need_not_answer_and_says_nothing_of_what_it_is_not_asked() -> None:
    first = QuestionRule(1, K.SINGLE, (11, 12), required=True)
    second = QuestionRule(2, K.SINGLE, (21, 22), required=True, condition=12)
    assert read_all([first, second], {1: "A", 2: "Z"})[1] == {}
    assert read_all([first, second], {1: "B", 2: "Z"})[1] == {2: AnswerFault.UNKNOWN_OPTION}
    assert read_all([first, second], {})[1] == {}


# --- Numbers ---------------------------------------------------------------------------------------


def test_each_consultation_has_a_code_of_its_own() -> None:
    codes = {sheet_code(number) for number in range(1, 12_000)}
    assert len(codes) == 11_999
    assert all(len(code) == 3 and code.isalpha() and not set(code) & set("IO") for code in codes)


@given(st.integers(1, 10**6), st.integers(1, 99_999))
def test_a_sheet_is_read_as_it_is_printed(consultation: int, number: int) -> None:
    name = read_sheet(written(consultation, number))
    assert name is not None
    assert (name.code, name.number) == (sheet_code(consultation), number)
    bare = read_sheet(f"{number:04d}")
    assert bare is not None
    assert (bare.code, bare.number) == ("", number)


@pytest.mark.parametrize("typed", ["", "0", "000", "AB 12", "12a", "123456", "-3", "4.2"])
def test_what_is_no_number_of_a_sheet_is_none(typed: str) -> None:
    assert read_sheet(typed) is None


@given(st.sets(st.integers(1, 90_000), min_size=1, max_size=60))
def test_ranges_say_all_numbers_and_no_other(numbers: set[int]) -> None:
    said = ranges(numbers)
    assert {number for first, last in said for number in range(first, last + 1)} == numbers
    assert all(one[1] + 1 < other[0] for one, other in itertools.pairwise(said))
    assert read_ranges(ranges_said(numbers)) == sorted(numbers)


@given(st.text(max_size=100))
def test_ranges_that_are_none_are_refused_or_bounded(typed: str) -> None:
    found = read_ranges(typed)
    assert found is None or (0 < len(found) <= 500 and found == sorted(set(found)) and found[0] >= 1)


def test_missing_sheets_are_said_as_people_say_them() -> None:
    assert ranges_said([12, 14, 15, 16, 17, 18]) == "12, 14-18"
    assert read_ranges("12 ; 14 à 16") == [12, 14, 15, 16]
    assert read_ranges("12, 14–16") == [12, 14, 15, 16]
    assert read_ranges("1-99999") is None


def test_the_next_sheet_is_the_one_after_the_last_then_what_was_left_out() -> None:
    printed = Spans([(1, 5)])
    assert next_sheet(printed, [], 0) == 1
    assert next_sheet(printed, [1, 2], 2) == 3
    assert next_sheet(printed, [1, 3, 4, 5], 5) == 2
    assert next_sheet(printed, [1, 2, 3, 4, 5], 5) is None
    assert next_sheet(Spans(), [], 0) is None


# --- Two people, and a panel -----------------------------------------------------------------------


@given(st.lists(answered(), max_size=1))
def test_what_waits_is_kept_as_it_was_typed(pairs: list[tuple[QuestionRule, Given]]) -> None:
    asked = [question for question, _given in pairs]
    answers = {question.id: answer for question, answer in pairs}
    assert differing(asked, answers, from_content(to_content(answers))) == []


def test_words_that_nobody_can_see_are_none_as_on_the_site() -> None:
    assert read(QuestionRule(1, QuestionKind.LONG), " \u200b\u2060 ") == (Given(), None)


def test_two_people_agree_on_words_whatever_their_capitals_and_accents() -> None:
    asked = [QuestionRule(1, K.LONG), QuestionRule(2, K.SINGLE, (21, 22))]
    one = {1: Given(words="Des bancs, à l’ombre !"), 2: Given(choices={21: None})}
    assert differing(asked, one, {**one, 1: Given(words="des bancs a l'ombre")}) == []
    assert differing(asked, one, {**one, 1: Given(words="des blancs à l’ombre")}) == [1]
    assert differing(asked, one, {1: one[1]}) == [2]


@given(st.text(max_size=300), st.text(max_size=100))
def test_a_panel_has_room_for_its_sentence_and_never_loses_the_address(question: str, rest: str) -> None:
    said = panel_text(question, rest)
    assert len(said) <= MOST
    assert said.endswith(" ".join(rest.split()))


def test_a_question_that_fits_stands_whole() -> None:
    rest = "Répondez jusqu’au 12 mai : exemple.fr/c/3"
    assert panel_text("Quels bancs pour la place ?", rest) == f"Quels bancs pour la place ? {rest}"
    cut = panel_text(
        "Quels bancs pour la place de la République et pour les rues qui y mènent toutes ?", rest
    )
    assert cut.startswith("Quels bancs pour la place de la République")
    assert "…" in cut
    assert cut.endswith(rest)


def test_words_of_a_sheet_are_what_is_kept_of_them_and_as_long() -> None:
    """Browsers send a line break as two characters; what nobody sees is no answer."""
    question = QuestionRule(1, K.LONG, most=7)
    answers, wrong = read_all([question], {1: " abc\r\ndef\u0000 "})
    assert (answers[1].words, wrong) == ("abc\ndef", {})
    assert read_all([question], {1: "\u200b\u2066"})[0][1].empty
