"""Rows of open data: nobody is alone in them, and nobody’s answers follow from what one knows already."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from cdv_civic.consultations.results.open_rows import combine, value_of
from cdv_civic.consultations.results.publication import publish
from cdv_civic.consultations.results.published import PublishedResults, Value
from cdv_civic.consultations.rules.questions import Answers, Given, QuestionKind, QuestionRule
from tests.consultations.results.made_up import CROSSES, FORM, choice, counts_of, made_up, people

ONE = QuestionRule(1, QuestionKind.SINGLE, (11, 12))
TWO = QuestionRule(2, QuestionKind.SINGLE, (21, 22))
SOME = QuestionRule(3, QuestionKind.MULTIPLE, (31, 32, 33))
LAST = QuestionRule(4, QuestionKind.SINGLE, (41, 42), condition=11)


def with_rows(
    questions: tuple[QuestionRule, ...],
    answers: Sequence[Answers],
    *,
    crosses: list[tuple[int, int]] | None = None,
) -> PublishedResults:
    return publish(
        questions,
        counts_of(questions, answers, crosses=crosses or ()),
        5,
        rows=combine(questions, answers),
    )


def columns(results: PublishedResults) -> tuple[int, ...]:
    return results.rows.columns if results.rows else ()


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.integers(0, 400))
def test_nobody_stands_out_whatever_one_knows_of_them(seed: int, count: int) -> None:
    answers = made_up(random.Random(seed), count)
    results = publish(FORM, counts_of(FORM, answers, crosses=CROSSES), 3, rows=combine(FORM, answers))
    if results.rows is None:
        return
    rows = results.rows.shuffled(random.Random(seed))
    by_id = {question.id: question for question in FORM}
    true = Counter(
        tuple(value_of(by_id[column], each) for column in results.rows.columns) for each in answers
    )
    assert Counter(rows) == true
    wide = len(results.rows.columns)
    for column, question in enumerate(results.rows.columns):
        told = results.by_id[question]
        assert told.whole
        assert told.blanks == sum(row[column] is None for row in rows)
        others = [number for number in range(wide) if number != column]
        for known in (each for size in range(wide) for each in combinations(others, size)):
            of_these: dict[tuple[Value, ...], list[Value]] = defaultdict(list)
            for row in rows:
                of_these[tuple(row[number] for number in known)].append(row[column])
            assert all(len(values) >= 3 and len({*values} - {None}) > 1 for values in of_these.values())


def test_columns_are_taken_in_order_as_long_as_each_combination_is_held_by_enough() -> None:
    evenly = [choice(1, one) | choice(2, two) for one in (11, 12) for two in (21, 22) for _each in range(5)]
    results = with_rows((ONE, TWO), evenly)
    assert columns(results) == (1, 2)
    assert results.rows is not None
    assert dict(results.rows.alike) == {(one, two): 5 for one in (11, 12) for two in (21, 22)}
    unevenly = [*evenly[:-1], evenly[0]]
    assert columns(with_rows((ONE, TWO), unevenly)) == (1,), "12 and 22 were given by 4"


def test_a_group_that_all_answered_the_same_keeps_a_column_out() -> None:
    answers = people(
        (30, choice(1, 11) | choice(2, 21)),
        (30, choice(1, 12) | choice(2, 21)),
        (30, choice(1, 12) | choice(2, 22)),
    )
    assert columns(with_rows((ONE, TWO), answers)) == (1,), "who said 11 said 21"
    with_blanks = answers + people((30, choice(1, 11)))
    assert columns(with_rows((ONE, TWO), with_blanks)) == (1,), "or said nothing"


def test_an_option_that_all_of_a_group_chose_keeps_a_column_out() -> None:
    answers = people(
        (10, choice(1, 11) | choice(3, 31, 32)),
        (10, choice(1, 11) | choice(3, 31)),
        (10, choice(1, 11) | choice(3, 31, 33)),
        (10, choice(1, 12) | choice(3, 32)),
        (10, choice(1, 12) | choice(3, 31, 33)),
    )
    assert columns(with_rows((ONE, SOME), answers)) == (1,)
    assert columns(with_rows((SOME,), answers)) == (3,)


def test_a_question_with_a_hidden_count_has_no_column_alone_or_crossed() -> None:
    few = people(
        (3, choice(1, 11) | choice(2, 21)),
        (30, choice(1, 12) | choice(2, 21)),
        (30, choice(1, 12) | choice(2, 22)),
    )
    assert columns(with_rows((ONE, TWO), few)) == (2,)
    crossed = people(
        (3, choice(1, 11) | choice(2, 21)),
        (30, choice(1, 11) | choice(2, 22)),
        (30, choice(1, 12) | choice(2, 21)),
        (30, choice(1, 12) | choice(2, 22)),
    )
    assert columns(with_rows((ONE, TWO), crossed)) == (1,)
    assert columns(with_rows((ONE, TWO), crossed, crosses=[(1, 2)])) == ()


def test_what_some_are_asked_and_words_and_points_have_no_column() -> None:
    questions = (
        ONE,
        LAST,
        QuestionRule(5, QuestionKind.SHORT),
        QuestionRule(6, QuestionKind.POINTS, (61, 62, 63), most=2),
    )
    given = {5: Given(words="Des bancs"), 6: Given(choices={61: 1, 62: 1})}
    answers = people(
        (20, choice(1, 11) | choice(4, 41) | given),
        (20, choice(1, 11) | choice(4, 42)),
        (20, choice(1, 12) | given),
    )
    assert columns(with_rows(questions, answers)) == (1,)


def test_few_people_have_no_rows() -> None:
    assert with_rows((ONE,), people((9, choice(1, 11)))).rows is None


def test_values_are_options_first_places_and_classes() -> None:
    number = QuestionRule(1, QuestionKind.NUMBER, classes=(5, 10))
    assert [value_of(number, {1: Given(number=each)}) for each in (0, 5, 9, 10)] == [5, 5, 5, 10]
    assert value_of(QuestionRule(1, QuestionKind.NUMBER), {1: Given(number=7)}) == 0
    assert value_of(QuestionRule(1, QuestionKind.RANK, (11, 12)), {1: Given(choices={11: 2, 12: 1})}) == 12
    assert value_of(SOME, choice(3, 33, 31)) == (31, 33)
    assert value_of(ONE, choice(1, 12)) == 12
    assert value_of(ONE, {}) is None
