"""Steps of ideas in words."""

from typing import Any, Final

from cdv_civic.consultations.kinds.ideas import rules
from cdv_civic.consultations.kinds.ideas.rules import IdeasShortcoming
from cdv_civic.consultations.queries.definition import ShownStep
from cdv_civic.consultations.queries.ideas import box_of_step
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE

ICON: Final = "bulb"
LABEL: Final = _l("Des idées")
MEANING: Final = _l("Proposer des idées, les soutenir, et dire un point pour ou contre.")
SAID: Final = {
    IdeasShortcoming.NO_BOX: _l("Choisissez la boîte où les idées arrivent, ou préparez-en une."),
    IdeasShortcoming.NO_ANSWERER: _l("Dans les réglages de la boîte à idées, dites qui répond aux idées."),
}


def shortcomings(step: ShownStep) -> list[Any]:
    """What a step lacks before it can be asked. 1 statement."""
    box = box_of_step(step.id, SOURCE_LANGUAGE)
    found = rules.shortcomings(box=box is not None, answerer=box is not None and box.answered)
    return [SAID[each] for each in found]
