"""What is said of questions: numbers, and what to do."""

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import given as examples
from hypothesis import strategies as st

from cdv_civic.consultations.engine.wording import asked_if, broken_said, fault_said, how_to_answer
from cdv_civic.consultations.queries.definition import Definition
from cdv_civic.consultations.rules.questions import AnswerFault, Given, QuestionKind, QuestionRule, fault_of
from tests.consultations.questions import rules, shown, step

pytestmark = pytest.mark.one_database

RANK = QuestionRule(1, QuestionKind.RANK, (10, 11, 12, 13), most=3)
POINTS = QuestionRule(1, QuestionKind.POINTS, (10, 11, 12), most=10)
MULTIPLE = QuestionRule(1, QuestionKind.MULTIPLE, (10, 11, 12, 13), least=2, most=3)
AGE = QuestionRule(1, QuestionKind.NUMBER, lowest=0, highest=120)


@pytest.mark.parametrize(
    ("question", "given", "said"),
    [
        (POINTS, {10: 8}, "Vous avez donné 8 points sur 10\u00a0: il en reste 2."),
        (POINTS, {10: 1}, "Vous avez donné 1 point sur 10\u00a0: il en reste 9."),
        (POINTS, {10: 8, 11: 4}, "Vous avez donné 12 points au lieu de 10\u00a0: enlevez-en 2."),
        (POINTS, {10: 12, 11: -2}, "Donnez des points entiers, à partir de 1. Laissez vide ce qui n’en reçoit pas."),
        (RANK, {10: 1, 11: 1}, "Vous avez donné le rang 1 plusieurs fois. Donnez chaque rang une seule fois."),
        (RANK, {10: 1, 11: 3}, "Il manque le rang 2. Donnez les rangs dans l’ordre, à partir de 1."),
        (RANK, {10: 2}, "Il manque le rang 1. Donnez les rangs dans l’ordre, à partir de 1."),
        (RANK, {10: -3}, "Le premier rang est 1, le suivant est 2, et ainsi de suite."),
        (MULTIPLE, dict.fromkeys((10, 11, 12, 13)), "Gardez 3 réponses au plus. Vous en avez choisi 4."),
        (MULTIPLE, {10: None}, "Choisissez 2 réponses au moins. Vous en avez choisi 1."),
    ],
)  # fmt: skip
def test_a_fault_is_said_with_its_numbers(
    app: Flask, question: QuestionRule, given: dict[int, int | None], said: str
) -> None:
    answer = Given(choices=given)
    fault = fault_of(question, answer)
    assert fault is not None
    assert fault_said(shown(question), fault, answer) == said


def test_who_ranks_nothing_is_told_what_to_choose_first(app: Flask) -> None:
    said = fault_said(shown(RANK), AnswerFault.MISSING)
    assert said == "Choisissez au moins une réponse\u00a0: celle qui compte le plus."


def test_bounds_are_said(app: Flask) -> None:
    assert fault_said(shown(AGE), AnswerFault.TOO_HIGH) == "Écrivez un nombre jusqu’à 120."
    assert fault_said(shown(AGE), AnswerFault.TOO_LOW) == "Écrivez un nombre à partir de 0."
    long = QuestionRule(1, QuestionKind.LONG, most=10)
    said = fault_said(shown(long), AnswerFault.TOO_LONG, Given(words="a" * 13))
    assert said == "Votre texte est trop long\u00a0: 10 caractères au plus. Enlevez-en 3."


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@examples(
    rules(), st.sampled_from(list(AnswerFault)), st.dictionaries(st.integers(100, 106), st.integers(-2, 9))
)
def test_each_fault_of_each_kind_has_a_sentence(
    app: Flask, question: QuestionRule, fault: AnswerFault, choices: dict[int, int]
) -> None:
    said = fault_said(shown(question), fault, Given(choices=dict(choices)))
    assert said.endswith(".")
    assert "%(" not in said


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (QuestionRule(1, QuestionKind.SINGLE, (10, 11)), None),
        (QuestionRule(1, QuestionKind.PICK, (10, 11, 12), most=2), "Choisissez 2 réponses au plus."),
        (QuestionRule(1, QuestionKind.PICK, (10, 11, 12), most=1), "Choisissez 1 réponse au plus."),
        (QuestionRule(1, QuestionKind.PICK, (10, 11, 12)), "Vous pouvez choisir plusieurs réponses."),
        (MULTIPLE, "Choisissez de 2 à 3 réponses."),
        (QuestionRule(1, QuestionKind.PICK, (10, 11, 12), least=2, most=2), "Choisissez 2 réponses."),
        (QuestionRule(1, QuestionKind.RANK, (10, 11)), "Mettez dans l’ordre\u00a0: 1 pour ce qui compte le plus."),
        (AGE, "Un nombre de 0 à 120."),
        (QuestionRule(1, QuestionKind.NUMBER), None),
    ],
)  # fmt: skip
def test_how_one_answers_is_said_where_its_look_does_not(
    app: Flask, question: QuestionRule, said: str | None
) -> None:
    assert how_to_answer(shown(question)) == said


FORM = Definition(
    (
        step(
            shown(QuestionRule(1, QuestionKind.SINGLE, (10, 11)), "Venez-vous ici ?", said=["Oui", "Non"]),
            shown(QuestionRule(2, QuestionKind.LONG, condition=11), "Pourquoi ?"),
        ),
    )
)


def test_of_whom_a_question_is_asked_is_said(app: Flask) -> None:
    first, second = FORM.questions
    assert asked_if(FORM, first) is None
    assert (
        asked_if(FORM, second)
        == "Seulement si vous avez répondu «\u00a0Non\u00a0» à «\u00a0Venez-vous ici ?\u00a0»."
    )
    assert (
        asked_if(FORM, second, numbers=True)
        == "Seulement si vous avez répondu «\u00a0Non\u00a0» à la question 1."
    )


def test_an_act_that_is_refused_names_the_question_that_it_would_break(app: Flask) -> None:
    assert "«\u00a0Pourquoi ?\u00a0»" in broken_said(FORM, [2])
