"""What the real code publishes from real rows, all versions of it, attacked at once by integer programming."""

import random

import pytest
from flask import Flask
from sqlalchemy import insert, select

from cdv_civic.consultations.models import Consultation, ConsultationCross, ConsultationWords
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.results.models import ConsultationPublication
from cdv_civic.consultations.results.operations import closing, coding
from cdv_civic.consultations.rules.questions import QuestionRule, kept
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.model import CommandLine
from tests.consultations import factories as make
from tests.consultations.attack import attack
from tests.consultations.results.made_up import anything

ACTOR = CommandLine()
#: How often options, and numbers, are given beside each other.
LEANS = (9, 4, 1, 0, 3, 2, 0, 0, 1, 0, 0, 1)


def asked() -> tuple[Consultation, tuple[QuestionRule, ...], int]:
    """A consultation with a question of each sort, one asked of some, two crossed; its rules, its question in words."""
    consultation = make.make_consultation(stage="closed", open_rows=True, wave="2027")
    step = make.make_step(consultation)
    single = make.make_question(step, options=["A", "B", "C"])
    other = make.make_question(step, options=["X", "Y"])
    make.make_question(step, options=["Loin", "Cher"], asked_after=make.options_of(single)[0])
    make.make_question(step, kind="multiple", options=["A", "B", "C"])
    make.make_question(step, kind="number", classes=[0, 5, 10])
    priorities = make.make_step(consultation, "priorities")
    make.make_question(priorities, kind="rank", options=["A", "B", "C"], most=2)
    make.make_question(priorities, kind="points", options=["A", "B", "C"], most=5)
    missing = make.make_question(priorities, kind="long")
    with transaction() as session:
        session.execute(
            insert(ConsultationCross).values(
                row_question_id=single.id, column_question_id=other.id, consultation_id=consultation.id
            )
        )
    rules = definition_of(consultation.id, "fr").rules
    db.session.rollback()
    return consultation, rules, missing.id


def answer(
    consultation: Consultation, rules: tuple[QuestionRule, ...], chance: random.Random, many: int
) -> None:
    for _each in range(many):
        given = kept(rules, {question.id: anything(chance, question, LEANS) for question in rules})
        make.make_answer(
            consultation,
            choices={o: n for each in given.values() for o, n in each.choices.items()},
            numbers={q: each.number for q, each in given.items() if each.number is not None},
            words={q: each.words for q, each in given.items() if each.words},
            channel=chance.choices(["en_ligne", "papier", "rue"], [20, 5, 1])[0],
            evidence=chance.choices(["aucune", "carte"], [5, 1])[0],
        )


@pytest.mark.parametrize(("seed", "many"), [(1, 60), (2, 25), (3, 14), (4, 9)])
def test_nothing_that_is_published_gives_anybody_away(app: Flask, seed: int, many: int) -> None:
    chance = random.Random(seed)
    consultation, rules, missing = asked()
    consultation_id = consultation.id
    answer(consultation, rules, chance, many)
    closing.close_consultations()
    option = coding.add_option(ACTOR, consultation_id, missing, {"fr": "De l’eau"})
    words = db.session.execute(
        select(ConsultationWords.id).where(ConsultationWords.consultation_id == consultation_id)
    )
    coding.code_texts(ACTOR, consultation_id, list(words.scalars())[: many // 4], option)
    closing.correct_results(ACTOR, consultation_id, "Les textes sont lus.", version=1)
    closing.correct_results(
        ACTOR,
        consultation_id,
        "Un lot de feuilles.",
        version=2,
        add=lambda _session, row: answer(row, rules, chance, 13),
    )
    contents = list(
        db.session.execute(
            select(ConsultationPublication.content)
            .where(ConsultationPublication.consultation_id == consultation_id)
            .order_by(ConsultationPublication.version)
        ).scalars()
    )
    assert [content["version"] for content in contents] == [1, 2, 3]
    assert attack(*contents) == []
    if many == 60:
        reading = next(each for each in contents[1]["questions"] if each["question"] == missing)["reading"]
        assert reading is not None, "what was read is told once it is there"
