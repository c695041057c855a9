"""Priorities in words."""

from typing import Any, Final

from cdv_civic.consultations.engine.wording import of_question
from cdv_civic.consultations.kinds.priorities import rules
from cdv_civic.consultations.kinds.priorities.rules import PriorityShortcoming
from cdv_civic.consultations.queries.definition import ShownStep
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l

ICON: Final = "flag"
LABEL: Final = _l("Des priorités")
MEANING: Final = _l("Mettre en ordre, partager des points ou choisir ce qui compte le plus.")
SAID: Final = {
    PriorityShortcoming.NO_BALLOT: _l("Dites comment les priorités sont choisies, et entre lesquelles."),
    PriorityShortcoming.FEW_OPTIONS: _l("Proposez au moins deux priorités."),
}


def shortcomings(step: ShownStep) -> list[Any]:
    """What a step lacks before it can be asked."""
    found = rules.shortcomings([question.rule for question in step.questions])
    return [of_question(step, question_id, SAID[each]) for question_id, each in found]
