"""What each kind of step takes, how it is drawn, and what its answers are as cells."""

from collections.abc import Mapping

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import given as examples
from hypothesis import strategies as st

from cdv_civic.consultations.engine.kinds import step_kinds
from cdv_civic.consultations.kinds.priorities import rules as priorities
from cdv_civic.consultations.kinds.questionnaire import rules as questionnaire
from cdv_civic.consultations.kinds.questionnaire.rules import FACES, faces
from cdv_civic.consultations.rules.questions import NOTHING, Given, QuestionKind, QuestionRule
from cdv_civic.core.csv_export import csv_answer
from tests.consultations.questions import right_answers, rules, shown

pytestmark = pytest.mark.one_database

OPTIONS = (10, 11, 12)


def cells(kind: str, question: QuestionRule, given: Given) -> Mapping[str, object]:
    """The cells of an answer under their columns."""
    found = step_kinds()[kind]
    asked = shown(question, "Q", said=["A", "B", "C"][: len(question.options)])
    return dict(zip(found.columns(asked), found.cells(asked, given), strict=True))


def test_between_them_the_kinds_take_every_question(app: Flask) -> None:
    assert {kind for each in step_kinds().values() for kind in each.takes} == set(QuestionKind)
    assert list(step_kinds()) == ["priorities", "questionnaire", "statements", "comments", "ideas"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@examples(st.data())
def test_there_is_a_cell_for_each_column_whatever_is_answered(app: Flask, data: st.DataObject) -> None:
    for kind in (each for each in step_kinds().values() if each.takes):
        question = data.draw(rules(kinds=kind.takes))
        asked = shown(question)
        columns = kind.columns(asked)
        assert len(columns) == len(set(columns))
        for given in (NOTHING, data.draw(right_answers(question))):
            assert len(kind.cells(asked, given)) == len(columns)
        assert set(kind.cells(asked, NOTHING)) == {""}


@pytest.mark.parametrize(
    ("kind", "question", "given", "expected"),
    [
        (
            "questionnaire",
            QuestionRule(1, QuestionKind.SCALE, OPTIONS),
            Given(choices={11: None}),
            {"Q": "B"},
        ),
        (
            "questionnaire",
            QuestionRule(1, QuestionKind.MULTIPLE, OPTIONS),
            Given(choices={10: None, 12: None}),
            {"Q · A": 1, "Q · B": "", "Q · C": 1},
        ),
        ("questionnaire", QuestionRule(1, QuestionKind.NUMBER), Given(number=-3), {"Q": -3}),
        ("questionnaire", QuestionRule(1, QuestionKind.NUMBER), Given(number=0), {"Q": 0}),
        ("questionnaire", QuestionRule(1, QuestionKind.LONG), Given(words="Oui"), {"Q": "Oui"}),
        ("statements", QuestionRule(1, QuestionKind.STATEMENT), Given(number=3), {"Q": "Pas d’accord"}),
        (
            "priorities",
            QuestionRule(1, QuestionKind.RANK, OPTIONS),
            Given(choices={12: 1, 10: 2}),
            {"Q · A": 2, "Q · B": "", "Q · C": 1},
        ),
        ("priorities", QuestionRule(1, QuestionKind.LONG), Given(words="Il manque…"), {"Q": "Il manque…"}),
    ],
)
def test_an_answer_as_cells(
    app: Flask, kind: str, question: QuestionRule, given: Given, expected: dict[str, object]
) -> None:
    assert cells(kind, question, given) == expected


def test_a_formula_is_text_in_the_file_and_a_number_below_zero_stays_a_number(app: Flask) -> None:
    words = cells("questionnaire", QuestionRule(1, QuestionKind.LONG), Given(words="=1+1;@cmd"))
    number = cells("questionnaire", QuestionRule(1, QuestionKind.NUMBER), Given(number=-3))
    file = csv_answer("a.csv", [*words, *number], [[*words.values(), *number.values()]]).get_data(
        as_text=True
    )
    assert file.splitlines()[1] == "\"'=1+1;'@cmd\";-3"


def test_the_faces_of_a_scale_go_from_the_happiest_to_the_saddest() -> None:
    assert faces(5) == (0, 1, 2, 3, 4)
    assert faces(4) == (0, 1, 3, 4)
    assert faces(3) == (0, 2, 4)
    assert faces(2) == (0, 4)


@examples(st.integers(2, 60))
def test_faces_never_turn_back_and_read_the_same_either_way(count: int) -> None:
    found = faces(count)
    assert len(found) == count
    assert list(found) == sorted(found)
    assert (found[0], found[-1]) == (0, FACES - 1)
    assert [FACES - 1 - face for face in reversed(found)] == list(found)


def test_priorities_without_a_choice_are_none() -> None:
    words = QuestionRule(1, QuestionKind.LONG)
    assert priorities.shortcomings([words]) == [(None, priorities.PriorityShortcoming.NO_BALLOT)]
    alone = QuestionRule(2, QuestionKind.POINTS, (20,))
    assert priorities.shortcomings([words, alone]) == [(2, priorities.PriorityShortcoming.FEW_OPTIONS)]


def test_a_number_is_published_by_classes_in_order() -> None:
    number = QuestionRule(1, QuestionKind.NUMBER, classes=(0, 5, 5))
    assert questionnaire.shortcomings([number]) == [
        (1, questionnaire.QuestionShortcoming.CLASSES_IN_DISORDER)
    ]
    assert questionnaire.shortcomings([QuestionRule(1, QuestionKind.NUMBER, classes=(0, 5, 10))]) == []
