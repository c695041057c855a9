"""What questions lack before they can be asked."""

from dataclasses import replace

import pytest
from flask import Flask

from cdv_civic.consultations.engine.checks import shortcomings_of
from cdv_civic.consultations.queries.definition import Definition
from cdv_civic.consultations.rules.questions import MOST_QUESTIONS, QuestionKind, QuestionRule
from tests.consultations.questions import shown, step

pytestmark = pytest.mark.one_database

FIRST = shown(QuestionRule(1, QuestionKind.SINGLE, (10, 11)), "Venez-vous ?")
WHY = shown(QuestionRule(2, QuestionKind.LONG, condition=11), "Pourquoi ?")
RANKED = shown(QuestionRule(3, QuestionKind.RANK, (30, 31)), "Quoi d’abord ?")


def test_a_form_whose_questions_are_whole_lacks_nothing(app: Flask) -> None:
    assert shortcomings_of(Definition((step(FIRST, WHY), step(RANKED, kind="priorities", number=2)))) == []


def test_a_condition_may_look_at_a_question_of_an_earlier_step_and_at_none_behind(app: Flask) -> None:
    assert shortcomings_of(Definition((step(FIRST), step(WHY, number=2)))) == []
    (said,) = shortcomings_of(Definition((step(WHY), step(FIRST, number=2))))
    assert said.startswith("«\u00a0Pourquoi ?\u00a0»\u00a0: ")


def test_each_thing_that_is_missing_names_its_question(app: Flask) -> None:
    alone = shown(QuestionRule(1, QuestionKind.SINGLE, (10,)), "Seul ?")
    number = shown(QuestionRule(2, QuestionKind.NUMBER, classes=(0, 10, 5)), "Combien ?")
    none = shown(QuestionRule(3, QuestionKind.NUMBER), "Quel âge ?")
    pictures = shown(QuestionRule(4, QuestionKind.PICTURES, (40, 41)), "Lequel ?")
    said = shortcomings_of(Definition((step(alone, number, none, pictures),)))
    assert [each.split("\u00a0»")[0].removeprefix("«\u00a0") for each in said] == [
        "Seul ?",
        "Combien ?",
        "Quel âge ?",
        "Lequel ?",
    ]
    seen = replace(pictures, options=tuple(replace(each, picture="k") for each in pictures.options))
    assert shortcomings_of(Definition((step(seen),))) == []


def test_a_step_takes_the_questions_of_its_kind_alone(app: Flask) -> None:
    assert len(shortcomings_of(Definition((step(RANKED),)))) == 1
    assert len(shortcomings_of(Definition((step(FIRST, kind="priorities"),)))) == 2, "and no priorities"


def test_an_empty_form_and_one_that_is_too_long_are_told(app: Flask) -> None:
    assert len(shortcomings_of(Definition())) == 1
    assert len(shortcomings_of(Definition((step(),)))) == 1
    many = [
        shown(QuestionRule(number, QuestionKind.SINGLE, (number * 10, number * 10 + 1)))
        for number in range(1, MOST_QUESTIONS + 2)
    ]
    assert len(shortcomings_of(Definition((step(*many),)))) == 1
