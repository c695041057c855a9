"""Statements in words."""

from dataclasses import dataclass
from typing import Any, Final

from cdv_civic.consultations.engine.wording import STANCES_SAID, of_question
from cdv_civic.consultations.kinds.statements import rules
from cdv_civic.consultations.kinds.statements.opinion_groups import NoGroups
from cdv_civic.consultations.kinds.statements.rules import StatementShortcoming
from cdv_civic.consultations.queries.definition import ShownStep
from cdv_civic.consultations.rules.questions import Stance
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.moderation.rules.decisions import TextState

ICON: Final = "quote"
LABEL: Final = _l("Des phrases")
MEANING: Final = _l(
    "Dire de courtes phrases «\u00a0d’accord\u00a0», «\u00a0je passe\u00a0» ou «\u00a0pas d’accord\u00a0»."
)
SAID: Final = {StatementShortcoming.NO_SENTENCE: _l("Ajoutez au moins une phrase.")}
#: The ways of parting all people (`counting`), and what stands for those who are not told apart.
WAYS_SAID: Final = {"quartiers": _l("Par quartier"), "channels": _l("Par façon de répondre")}
ELSEWHERE_SAID: Final = _l("Ailleurs, ou pas dit")
OTHERS_SAID: Final = _l("Tous les autres, ensemble")
NEITHER_SAID: Final = _l("Ont passé, ou pas de réponse")
#: What became of a sentence that somebody added, by the state of its case.
STATES_SAID: Final = {
    TextState.WAITING.value: _l("Une personne qui modère va lire votre phrase."),
    TextState.PUBLISHED.value: _l("Votre phrase est publiée."),
    TextState.REWORDING.value: _l("On vous demande d’écrire votre phrase autrement."),
    TextState.HIDDEN.value: _l("Votre phrase n’est pas montrée."),
    TextState.MERGED.value: _l("Une autre phrase dit la même chose : elle est posée pour les deux."),
    TextState.TAKEN_BACK.value: _l("Vous avez retiré votre phrase."),
}
#: Why no group of opinions is told (`opinion_groups.NoGroups`).
WHY_NO_GROUPS: Final = {
    NoGroups.FEW.value: _l("Trop peu de personnes ont pris parti sur assez de phrases."),
    NoGroups.CHANCE.value: _l("Les réponses ne vont pas ensemble plus que par hasard."),
    NoGroups.SMALL.value: _l("Aucun groupe n’est assez grand et assez différent des autres."),
    NoGroups.UNSTABLE.value: _l("Les groupes ne sont pas assez sûrs : d’autres calculs en donnent d’autres."),
}


@dataclass(frozen=True)
class StanceButton:
    """What one can say of a sentence, as it is drawn: a place, a picture and a word, never a colour alone."""

    number: int
    name: str
    label: Any
    icon: str


STANCES: Final = tuple(
    StanceButton(stance.value, stance.name.lower(), STANCES_SAID[stance], icon)
    for stance, icon in (
        (Stance.AGREE, "thumb-up"),
        (Stance.PASS, "circle-dashed"),
        (Stance.DISAGREE, "thumb-down"),
    )
)


def shortcomings(step: ShownStep) -> list[Any]:
    """What a step lacks before it can be asked."""
    found = rules.shortcomings([question.rule for question in step.questions])
    return [of_question(step, question_id, SAID[each]) for question_id, each in found]
