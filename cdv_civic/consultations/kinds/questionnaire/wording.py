"""Questionnaires in words."""

from typing import Any, Final

from cdv_civic.consultations.engine.wording import of_question
from cdv_civic.consultations.kinds.questionnaire import rules
from cdv_civic.consultations.kinds.questionnaire.rules import QuestionShortcoming
from cdv_civic.consultations.queries.definition import ShownStep
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l

ICON: Final = "list-check"
LABEL: Final = _l("Des questions")
MEANING: Final = _l("Des choix, une note avec des visages, un nombre, quelques mots.")
SAID: Final = {
    QuestionShortcoming.NO_QUESTION: _l("Ajoutez au moins une question."),
    QuestionShortcoming.FEW_OPTIONS: _l("Proposez au moins deux réponses."),
    QuestionShortcoming.NO_PICTURE: _l("Ajoutez une image à chaque réponse."),
    QuestionShortcoming.NO_CLASSES: _l("Dites par quelles tranches ce nombre sera publié."),
    QuestionShortcoming.CLASSES_IN_DISORDER: _l(
        "Donnez les tranches dans l’ordre, de la plus petite à la plus grande."
    ),
}


def shortcomings(step: ShownStep) -> list[Any]:
    """What a step lacks before it can be asked."""
    pictured = {
        option.id for question in step.questions for option in question.offered if option.picture is not None
    }
    found = rules.shortcomings([question.rule for question in step.questions], pictured)
    return [of_question(step, question_id, SAID[each]) for question_id, each in found]
