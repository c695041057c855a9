"""Results in words: how answers were proved, how they were counted, what is not published."""

from collections.abc import Mapping
from typing import Any, Final

from cdv_civic.consultations.results.published import QuestionResult
from cdv_civic.consultations.rules.evidence import AnswerEvidence, ProofAsked
from cdv_civic.consultations.rules.questions import QuestionKind
from cdv_civic.consultations.wording import at_least_said
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import number_text

#: Where a count stands that is not published, whichever of them is small.
HIDDEN: Final = _l("non publié")
OTHER_CHANNELS: Final = _l("Autres façons de répondre")
NO_ANSWER: Final = _l("Sans réponse")
#: Of a sentence: those who passed it stand with those who did not come to it.
NO_SIDE: Final = _l("Ont passé, ou pas de réponse")
WRITTEN: Final = _l("Ont écrit quelques mots")
#: How one answer was proved.
EVIDENCE_SAID: Final[Mapping[str, Any]] = {
    AnswerEvidence.NONE.value: _l("sans preuve"),
    AnswerEvidence.MESSAGE.value: _l("avec un téléphone ou un e-mail confirmé"),
    AnswerEvidence.CARD.value: _l("avec une carte d’accès"),
    AnswerEvidence.FRANCE_CONNECT.value: _l("avec FranceConnect"),
    AnswerEvidence.WITNESSED.value: _l("devant une personne de l’équipe"),
}
#: Whether somebody could answer twice on the site, by what was asked for.
TWICE_SAID: Final[Mapping[ProofAsked, Any]] = {
    ProofAsked.NONE: _l(
        "Sur le site, aucune preuve n’était demandée\u00a0: une même personne pouvait répondre deux fois."
    ),
    ProofAsked.MESSAGE: _l(
        "Sur le site, il fallait un téléphone ou un e-mail confirmé\u00a0: une réponse par compte."
    ),
    ProofAsked.CARD: _l("Sur le site, il fallait une carte d’accès\u00a0: une réponse par carte."),
    ProofAsked.FRANCE_CONNECT: _l("Sur le site, il fallait FranceConnect\u00a0: une réponse par personne."),
}


def no_answer_said(kind: QuestionKind) -> Any:
    """Of whom a table tells last: those who gave none of its answers."""
    return NO_SIDE if kind is QuestionKind.STATEMENT else NO_ANSWER


def answers_said(count: int) -> str:
    """« 212 réponses »."""
    return ngettext("%(count)s réponse", "%(count)s réponses", count, count=number_text(count))


def counted_said(counted: int | None) -> str:
    """How many came while more may come: in steps, never closer."""
    if not counted:
        return _("Les premières réponses arrivent.")
    return at_least_said(counted)


def class_said(start: int, following: int | None) -> str:
    """« 5 à 9 », « 10 et plus », a class of numbers by its first and that of the next."""
    if following is None:
        return _("%(number)s et plus", number=number_text(start))
    if following == start + 1:
        return number_text(start)
    return _("%(first)s à %(last)s", first=number_text(start), last=number_text(following - 1))


def how_counted(result: QuestionResult, *, may_publish: bool = False) -> str:
    """How the counts of a question were made, in a sentence; "" where it goes without saying."""
    match result.kind:
        case QuestionKind.RANK:
            return _(
                "Chaque personne a mis des réponses en ordre. Le nombre dit combien l’ont mise en premier\u00a0; "
                "de la plus souvent première à la moins souvent."
            )
        case QuestionKind.POINTS:
            return _(
                "Chaque personne avait %(points)s points à partager. Le nombre dit combien de personnes en ont donné.",
                points=number_text(result.most),
            )
        case QuestionKind.MULTIPLE | QuestionKind.PICK:
            return _(
                "Plusieurs réponses possibles\u00a0: les nombres, ensemble, dépassent celui des personnes."
            )
        case QuestionKind.STATEMENT:
            return _("«\u00a0Je passe\u00a0» ne compte ni pour ni contre.")
        case QuestionKind.SHORT | QuestionKind.LONG:
            return (
                _("Chaque personne a écrit avec ses mots. L’équipe les lit, et peut en publier, sans nom.")
                if may_publish
                else _(
                    "Chaque personne a écrit avec ses mots. L’équipe les lit\u00a0; ils ne sont pas publiés."
                )
            )
    return ""
