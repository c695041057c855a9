"""What is published of a consultation, and how it is kept."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdv_civic.consultations.results.counts import AnswerCount, Counted
from cdv_civic.consultations.results.open_rows import combine
from cdv_civic.consultations.results.publication import GroupAnswer, WorkshopTables, publish
from cdv_civic.consultations.results.published import PublishedResults, as_json, from_json
from cdv_civic.consultations.rules.questions import Answers, Given, QuestionKind, QuestionRule, Speaker
from tests.consultations.attack import all_counts
from tests.consultations.results.made_up import (
    CROSSES,
    FORM,
    WAYS,
    choice,
    counts_of,
    made_up,
    people,
)

FOUR = QuestionRule(1, QuestionKind.SINGLE, (11, 12, 13, 14))
THEN = QuestionRule(2, QuestionKind.SCALE, (21, 22), condition=11)
AFTER = QuestionRule(3, QuestionKind.SINGLE, (31, 32), condition=21)


def results_of(questions: tuple[QuestionRule, ...], answers: list[Answers]) -> PublishedResults:
    return publish(questions, counts_of(questions, answers), 5)


def test_a_question_of_two_hundred_answers_shows_all() -> None:
    answers = people((20, choice(1, 11)), (40, choice(1, 12)), (60, choice(1, 13)), (80, choice(1, 14)))
    results = results_of((FOUR,), answers)
    assert results.total == 200
    assert results.by_id[1].answers == (20, 40, 60, 80)
    assert results.by_id[1].blanks == 0
    assert results.whole


def test_fewer_than_twice_the_threshold_show_nothing() -> None:
    results = results_of((FOUR, THEN), people((9, choice(1, 11))))
    assert results.total is None
    assert set(all_counts(as_json(results))) == {None}
    assert results_of((FOUR,), people((10, choice(1, 11)))).total == 10


def test_a_question_that_some_are_asked_is_a_table_of_these() -> None:
    answers = people(
        (12, choice(1, 11) | choice(2, 21) | choice(3, 31)),
        (18, choice(1, 11) | choice(2, 22)),
        (40, choice(1, 12)),
        (40, choice(1, 13)),
        (40, choice(1, 14)),
    )
    results = results_of((FOUR, THEN, AFTER), answers)
    assert [results.by_id[number].total for number in (1, 2, 3)] == [150, 30, 12]
    assert results.by_id[2].answers == (12, 18)
    assert results.by_id[3].answers == (None, None), "12 of 12 said the same"


def test_where_it_is_hidden_how_many_were_asked_all_is() -> None:
    few = people((4, choice(1, 11)), (40, choice(1, 12)), (50, choice(1, 13)), (50, choice(1, 14)))
    asked = results_of((FOUR, THEN, AFTER), few)
    for number in (2, 3):
        assert asked.by_id[number].total is None
        assert {*asked.by_id[number].answers, asked.by_id[number].blanks} == {None}
    known = people((7, choice(1, 11)), (40, choice(1, 12)), (50, choice(1, 13)), (50, choice(1, 14)))
    asked = results_of((FOUR, THEN), known)
    assert asked.by_id[1].answers[0] == 7
    assert asked.by_id[2].total is None, "fewer than 10 were asked"


def test_of_several_options_each_is_a_table_of_two_counts() -> None:
    question = QuestionRule(1, QuestionKind.MULTIPLE, (11, 12, 13), most=2)
    answers = people((40, choice(1, 11, 12)), (30, choice(1, 13)), (30, {}))
    result = results_of((question,), answers).by_id[1]
    assert (result.answers, result.blanks) == ((40, 40, 30), 30)
    assert [result.others(number) for number in range(3)] == [60, 60, 70]
    cell = as_json(results_of((question,), answers))["questions"][0]["cells"][2]
    assert cell == {"key": 13, "answers": 30, "others": {"answers": 70}}


def test_who_must_choose_all_of_the_options_is_told_once() -> None:
    question = QuestionRule(1, QuestionKind.PICK, (11, 12), least=2, most=2)
    result = results_of((question,), people((40, choice(1, 11, 12)), (30, {}))).by_id[1]
    assert (result.answers, result.blanks) == ((40, 40), 30)


def test_bounds_that_were_changed_do_not_count() -> None:
    question = QuestionRule(1, QuestionKind.PICK, (11, 12, 13), most=1)
    result = results_of((question,), people((40, choice(1, 11, 12)), (30, choice(1, 13)))).by_id[1]
    assert (result.answers, result.most) == ((40, 40, 30), 3)


def test_numbers_are_told_by_classes_and_words_by_how_many_wrote_some() -> None:
    questions = (QuestionRule(1, QuestionKind.NUMBER, classes=(0, 5)), QuestionRule(2, QuestionKind.LONG))
    answers: list[Answers] = [
        *people((20, {1: Given(number=3), 2: Given(words="Des bancs")})),
        *people((30, {1: Given(number=5)})),
    ]
    results = results_of(questions, answers)
    assert (results.by_id[1].keys, results.by_id[1].answers) == ((0, 5), (20, 30))
    assert (results.by_id[2].keys, results.by_id[2].answers, results.by_id[2].blanks) == ((None,), (20,), 30)


def test_what_staff_read_in_words_is_told_of_those_who_wrote_any() -> None:
    question = (QuestionRule(1, QuestionKind.LONG),)
    answers: list[Answers] = people((60, {1: Given(words="Des bancs")}), (40, {}))
    counted = counts_of(question, answers, codings={1: ({91: 30, 92: 20, 93: 2}, 48)})
    reading = publish(question, counted, 5).by_id[1].reading
    assert reading is not None
    assert (reading.total, reading.options) == (60, (91, 92, 93))
    assert (reading.answers, reading.blanks) == ((30, None, None), 12)
    nearly_all: list[Answers] = people((60, {1: Given(words="Des bancs")}), (3, {}))
    counted = counts_of(question, nearly_all, codings={1: ({91: 30, 92: 20}, 48)})
    reading = publish(question, counted, 5).by_id[1].reading
    assert reading is not None
    assert {*reading.answers, reading.blanks, reading.total} == {None}


def ranked(*options: int) -> dict[int, Given]:
    return {1: Given(choices={option: rank for rank, option in enumerate(options, 1)})}


def test_places_are_told_where_none_of_them_is_small() -> None:
    question = (QuestionRule(1, QuestionKind.RANK, (11, 12, 13), most=2),)
    whole = people((20, ranked(11, 12)), (20, ranked(12, 13)), (20, ranked(13, 11)))
    result = results_of(question, whole).by_id[1]
    assert result.answers == (20, 20, 20)
    assert result.places == ((20, 20, 20),) * 3
    uneven = people((20, ranked(11, 12)), (20, ranked(12, 11)), (20, ranked(13, 11)))
    result = results_of(question, uneven).by_id[1]
    assert result.answers == (20, 20, 20)
    assert result.places is None, "nobody gave 13 the second place"
    assert not result.whole


def test_where_all_must_be_ranked_none_is_left_out() -> None:
    question = (QuestionRule(1, QuestionKind.RANK, (11, 12), least=2),)
    result = results_of(question, people((20, ranked(11, 12)), (30, ranked(12, 11)))).by_id[1]
    assert result.places == ((20, 30), (30, 20))


def test_what_was_ranked_while_fewer_places_would_do_counts() -> None:
    question = (QuestionRule(1, QuestionKind.RANK, (11, 12), least=2),)
    result = results_of(question, people((20, ranked(11, 12)), (20, ranked(12, 11)), (10, ranked(11)))).by_id[
        1
    ]
    assert (result.least, result.places) == (1, None)
    result = results_of(
        question, people((20, ranked(11, 12)), (20, ranked(12, 11)), (10, ranked(11)), (9, ranked(12)))
    ).by_id[1]
    assert result.places == ((30, 20, 9), (29, 20, 10))


def test_what_is_asked_of_who_ranked_an_option_needs_its_places() -> None:
    rank = QuestionRule(1, QuestionKind.RANK, (11, 12, 13), most=2)
    then = QuestionRule(2, QuestionKind.SINGLE, (21, 22), condition=11)
    whole = people(
        (20, ranked(11, 12) | choice(2, 21)), (20, ranked(12, 13)), (20, ranked(13, 11) | choice(2, 22))
    )
    assert results_of((rank, then), whole).by_id[2].total == 40
    uneven = people((20, ranked(11, 12)), (20, ranked(12, 11)), (20, ranked(13, 11)))
    assert results_of((rank, then), uneven).by_id[2].total is None


def test_a_crossed_table_has_the_counts_of_its_questions_as_totals() -> None:
    questions = (FOUR, QuestionRule(5, QuestionKind.SINGLE, (51, 52)))
    answers = [
        {**each, **choice(5, other)}
        for other, count in ((51, 10), (52, 20))
        for each in people(*((count, choice(1, option)) for option in (11, 12, 13, 14)))
    ]
    results = publish(questions, counts_of(questions, answers, crosses=[(1, 5)]), 5)
    (cross,) = results.crosses
    assert cross.cells == ((10, 20, 0),) * 4 + ((0, 0, 0),)
    assert results.by_id[1].answers == (30,) * 4
    assert cross.whole
    few = publish(questions, counts_of(questions, answers[:20], crosses=[(1, 5)]), 15)
    assert not few.crosses[0].whole


def test_a_crossed_table_that_closes_a_ring_is_left_out() -> None:
    questions = tuple(
        QuestionRule(number, QuestionKind.SINGLE, (number * 10, number * 10 + 1)) for number in (1, 2, 3)
    )
    answers = [
        choice(1, 10 + first) | choice(2, 20 + second) | choice(3, 30 + third)
        for first in (0, 1)
        for second in (0, 1)
        for third in (0, 1)
        for _each in range(10)
    ]
    counted = counts_of(questions, answers, crosses=[(1, 2), (2, 3), (3, 1)])
    crosses = publish(questions, counted, 5).crosses
    assert [(each.row_question, each.column_question) for each in crosses] == [(1, 2), (2, 3)]


def test_questions_that_others_were_asked_are_not_crossed() -> None:
    questions = (FOUR, THEN)
    answers = people(
        (30, choice(1, 11) | choice(2, 21)), (30, choice(1, 11) | choice(2, 22)), (30, choice(1, 12))
    )
    assert publish(questions, counts_of(questions, answers, crosses=[(1, 2)]), 5).crosses == ()


def test_channels_are_told_with_their_proofs_and_small_ones_together() -> None:
    counted = Counted(
        (
            AnswerCount(Speaker.PERSON, "en_ligne", "aucune", 100),
            AnswerCount(Speaker.PERSON, "en_ligne", "carte", 3),
            AnswerCount(Speaker.PERSON, "en_ligne", "message", 20),
            AnswerCount(Speaker.PERSON, "papier", "temoin", 30),
            AnswerCount(Speaker.PERSON, "marche", "temoin", 2),
            AnswerCount(Speaker.PERSON, "ecole", "temoin", 10),
            AnswerCount(Speaker.PERSON, "telephone", "temoin", 1),
            AnswerCount(Speaker.GROUP, "groupe", "temoin", 1, 24),
        ),
        {},
    )
    results = publish((), counted, 5)
    told = {each.channel: each.answers for each in results.channels}
    assert told == {"en_ligne": 123, "papier": 30, "telephone": None, "rue": None, "reunion": 0}
    assert (results.total, results.others) == (166, 13)
    proofs = {each.channel: dict(each.proofs) for each in results.channels}
    assert proofs["en_ligne"] == {
        "aucune": 100,
        "message": None,
        "carte": None,
        "franceconnect": 0,
        "temoin": 0,
    }
    assert proofs["papier"]["temoin"] == 30
    assert {*proofs["rue"].values()} == {None}


def test_groups_and_workshops_are_told_apart_if_they_are_large_enough() -> None:
    question = (
        FOUR,
        QuestionRule(8, QuestionKind.POINTS, (81, 82), most=10),
        QuestionRule(9, QuestionKind.SHORT),
    )
    points = [
        GroupAnswer(6, {8: Given(choices={81: 7, 82: 3})}),
        GroupAnswer(4, {8: Given(choices={82: 10}), **choice(1, 12)}),
    ]
    results = publish(
        question,
        counts_of(question, people((30, choice(1, 11)), (30, choice(1, 12)))),
        5,
        groups=[
            GroupAnswer(4, choice(1, 11)),
            GroupAnswer(5, choice(1, 12)),
            GroupAnswer(24, {**choice(1, 11), 9: Given(words="Des bancs")}),
        ],
        workshops=[WorkshopTables(1, 12, points), WorkshopTables(2, 9, points[:1]), WorkshopTables(3, 4, [])],
    )
    assert results.total == 60
    assert [(each.people, each.choices) for each in results.groups] == [
        (24, ((1, (11,)),)),
        (5, ((1, (12,)),)),
    ]
    told = {each.workshop: (each.people, each.points) for each in results.workshops}
    assert told == {1: (12, ((8, 81, 7), (8, 82, 13))), 2: (9, None)}


def test_what_one_small_table_says_is_not_told_however_many_came_to_its_workshop() -> None:
    question = QuestionRule(8, QuestionKind.POINTS, (81, 82), most=10)
    table = GroupAnswer(3, {8: Given(choices={81: 10})})
    results = publish((question,), counts_of((question,), []), 5, workshops=[WorkshopTables(1, 40, [table])])
    assert [(each.people, each.points) for each in results.workshops] == [(40, None)]


def test_a_threshold_of_one_is_taken_for_two() -> None:
    results = publish((FOUR,), counts_of((FOUR,), people((3, choice(1, 11)))), 1)
    assert (results.threshold, results.total) == (2, None)


@settings(max_examples=10)
@given(st.integers(0, 10**6), st.integers(0, 200))
def test_a_publication_comes_back_from_json_as_it_was(seed: int, count: int) -> None:
    answers = made_up(random.Random(seed), count)
    results = publish(
        FORM,
        counts_of(FORM, answers, crosses=CROSSES, ways=WAYS, codings={6: ({61: 1}, 1)}),
        3,
        groups=[GroupAnswer(24, choice(3, 31, 32))],
        workshops=[WorkshopTables(1, 12, [GroupAnswer(12, choice(3, 31))]), WorkshopTables(2, 4, [])],
        rows=combine(FORM, answers),
    )
    content = json.loads(json.dumps(as_json(results)))
    assert from_json(content) == results
    assert as_json(from_json(content)) == content
    assert all(value is None or type(value) is int for value in all_counts(content))


def test_a_publication_of_a_later_form_is_refused() -> None:
    content = as_json(results_of((FOUR,), [])) | {"schema": 2}
    with pytest.raises(ValueError, match="schema 2"):
        from_json(content)
