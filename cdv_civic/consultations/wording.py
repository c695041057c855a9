"""Consultations in words: what answers can do, where a consultation stands, what is asked of whoever answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cdv_civic.consultations.rules.calendar import ConsultationStage, Power
from cdv_civic.consultations.rules.checklist import ChoiceFault
from cdv_civic.consultations.rules.evidence import ProofAsked
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import date_text, number_text, time_text
from cdv_civic.territory.vocabulary import CodedTerm


@dataclass(frozen=True)
class Promise:
    """A word, an icon, and a sentence: what it means for whoever answers."""

    code: str
    label: Any
    icon: str
    meaning: Any


#: What is promised of the answers: whoever organises chooses by the very sentences that residents read.
POWERS: Final[Mapping[Power, Promise]] = {
    Power.INFORM: Promise(
        "informer",
        _l("Informer"),
        "info-circle",
        _l("On vous explique ce qui est prévu. Vos questions reçoivent une réponse."),
    ),
    Power.CONSULT: Promise(
        "consulter",
        _l("Consulter"),
        "message-2",
        _l("Votre avis est lu avant que la décision soit prise. Ce n’est pas un vote."),
    ),
    Power.CO_DECIDE: Promise(
        "co_decider",
        _l("Décider ensemble"),
        "users-group",
        _l("La décision se prend avec vous\u00a0: ce qui arrive en tête est retenu."),
    ),
}
STAGES: Final[Mapping[ConsultationStage, CodedTerm]] = {
    ConsultationStage.DRAFT: CodedTerm("draft", _l("En préparation"), "pencil"),
    ConsultationStage.COMING: CodedTerm("coming", _l("Bientôt ouverte"), "clock"),
    ConsultationStage.OPEN: CodedTerm("open", _l("Ouverte"), "door"),
    ConsultationStage.PAPER: CodedTerm("paper", _l("Fermée, le papier arrive encore"), "file-text"),
    ConsultationStage.CLOSED: CodedTerm("closed", _l("Fermée"), "lock"),
    ConsultationStage.COUNTED: CodedTerm("counted", _l("Résultats publiés"), "chart-line"),
    ConsultationStage.ANSWERED: CodedTerm("answered", _l("Réponse publiée"), "circle-check"),
    ConsultationStage.WITHDRAWN: CodedTerm("withdrawn", _l("Retirée"), "circle-x"),
}
#: What a choice among groups of ideas lacks before it is asked.
CHOICE_FAULTS: Final[Mapping[ChoiceFault, Any]] = {
    ChoiceFault.OTHER_GROUPS: _l(
        "Les réponses proposées ne sont plus les groupes retenus. Reprenez-les depuis la boîte à idées."
    ),
}
#: What is asked of whoever answers on the site.
PROOFS: Final[Mapping[ProofAsked, Promise]] = {
    ProofAsked.NONE: Promise(
        "aucune",
        _l("Rien"),
        "door",
        _l("On répond sans compte. Une personne peut répondre deux fois, et les résultats le disent."),
    ),
    ProofAsked.MESSAGE: Promise(
        "message",
        _l("Un compte, avec une adresse e-mail ou un téléphone"),
        "mail",
        _l("Une réponse par compte."),
    ),
    ProofAsked.CARD: Promise(
        "carte",
        _l("Une carte d’accès, remise dans le quartier"),
        "id",
        _l("Une réponse par carte."),
    ),
    ProofAsked.FRANCE_CONNECT: Promise(
        "franceconnect",
        _l("FranceConnect"),
        "shield-check",
        _l("Une réponse par personne. Nous ne recevons ni nom ni adresse."),
    ),
}


#: What each text of a consultation is.
_FIELDS_OF_TEXTS: Final[Mapping[tuple[str, str], Any]] = {
    ("consultation", "title"): _l("Titre"),
    ("consultation", "purpose"): _l("De quoi il s’agit"),
    ("consultation", "negotiable"): _l("Ce qui peut changer"),
    ("consultation", "settled"): _l("Ce qui ne changera pas"),
    ("consultation", "decider"): _l("Qui décide"),
    ("consultation", "readers"): _l("Qui lit les réponses écrites"),
    ("consultation", "ties"): _l("Ce qui se passe en cas d’égalité"),
    ("consultation", "audience"): _l("À qui elle s’adresse"),
    ("consultation_step", "title"): _l("Titre d’une étape"),
    ("consultation_step", "intro"): _l("Présentation d’une étape"),
    ("consultation_question", "text"): _l("Question"),
    ("consultation_question", "hint"): _l("Aide d’une question"),
    ("consultation_question", "easy"): _l("Question en mots faciles"),
    ("consultation_option", "text"): _l("Réponse à choisir"),
    ("consultation_option", "picture_words"): _l("Ce que montre une image"),
}


def text_label(owner_kind: str, field: str) -> Any:
    """What a text of a consultation is: « Question », « Qui décide »."""
    return _FIELDS_OF_TEXTS.get((owner_kind, field), "")


def at_least_said(count: int) -> str:
    """« au moins 40 réponses », of a number that was rounded down."""
    return ngettext(
        "au moins %(count)s réponse", "au moins %(count)s réponses", count, count=number_text(count)
    )


def moment_text(moment: datetime) -> str:
    """A moment in the zone of the territory: « 12 mai 2027 à 18:30 »."""
    local = moment.astimezone(clock.zone())
    return str(
        _(
            "%(day)s à %(time)s",
            day=date_text(local.date(), "long"),
            time=time_text(local.time()),
        )
    )
