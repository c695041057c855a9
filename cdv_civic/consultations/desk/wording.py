"""The desk of consultations in words: what is ready and what is missing, what kinds of questions there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cdv_civic.consultations.queries.preparation import OwnedText
from cdv_civic.consultations.rules.checklist import Item, Lack
from cdv_civic.consultations.rules.questions import QuestionKind
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.territory.vocabulary import CodedTerm


@dataclass(frozen=True)
class ChecklistPlace:
    """A line of the list in words, and where it is done."""

    label: Any
    endpoint: str = "consultations_desk.settings"
    #: The field of the form that it is about.
    field: str | None = None


PLACES: Final[Mapping[Item, ChecklistPlace]] = {
    Item.PURPOSE: ChecklistPlace(_l("De quoi il s’agit"), field="purpose_fr"),
    Item.POWER: ChecklistPlace(_l("Ce que les réponses peuvent changer"), field="power"),
    Item.NEGOTIABLE: ChecklistPlace(_l("Ce qui peut changer"), field="negotiable_fr"),
    Item.SETTLED: ChecklistPlace(_l("Ce qui ne changera pas"), field="settled_fr"),
    Item.DECIDER: ChecklistPlace(_l("Qui décide"), field="decider_fr"),
    Item.READERS: ChecklistPlace(_l("Qui lit les réponses écrites"), field="readers_fr"),
    Item.CALENDAR: ChecklistPlace(_l("Quand elle ouvre et ferme"), field="opens_day"),
    Item.DUE: ChecklistPlace(_l("Quand la réponse arrive"), field="due_day"),
    Item.PROOF: ChecklistPlace(_l("Ce que l’on demande pour répondre"), field="asks_for"),
    Item.AGES: ChecklistPlace(_l("Les trois âges"), field="age_to_answer"),
    Item.TIES: ChecklistPlace(_l("Ce qui se passe en cas d’égalité"), field="ties_fr"),
    Item.LANGUAGES: ChecklistPlace(_l("Les langues"), "consultations_desk.texts"),
    Item.QUARTIERS: ChecklistPlace(_l("Les quartiers"), "consultations_desk.quartiers"),
    Item.PUBLICS: ChecklistPlace(_l("Les personnes à rencontrer"), "consultations_desk.publics"),
    Item.STEPS: ChecklistPlace(_l("Les questions"), "consultations_desk.questions"),
}
LACKS: Final[Mapping[Lack, Any]] = {
    Lack.EMPTY: _l("À compléter"),
    Lack.BACKWARDS: _l("Les dates ne se suivent pas"),
    Lack.OVER: _l("La fermeture est déjà passée"),
    Lack.DUE_TOO_EARLY: _l("La réponse arriverait avant la fermeture"),
    Lack.AGES_BACKWARDS: _l("Un âge est plus bas que celui pour répondre"),
    Lack.STEP: _l("Il manque quelque chose dans les questions"),
    Lack.UNTRANSLATED: _l("Des textes ne sont pas traduits. Vous pouvez ouvrir quand même."),
}

QUESTIONS: Final[Mapping[QuestionKind, CodedTerm]] = {
    QuestionKind.SINGLE: CodedTerm("single", _l("Une réponse à choisir"), "circle-check"),
    QuestionKind.MULTIPLE: CodedTerm("multiple", _l("Plusieurs réponses à choisir"), "checkbox"),
    QuestionKind.SCALE: CodedTerm("scale", _l("Une note, avec des visages"), "scale"),
    QuestionKind.PICTURES: CodedTerm("pictures", _l("Une image à choisir"), "photo"),
    QuestionKind.NUMBER: CodedTerm("number", _l("Un nombre"), "chart-line"),
    QuestionKind.SHORT: CodedTerm("short", _l("Quelques mots"), "letter-case"),
    QuestionKind.LONG: CodedTerm("long", _l("Un texte"), "message-2"),
    QuestionKind.RANK: CodedTerm("rank", _l("Mettre dans l’ordre"), "list-check"),
    QuestionKind.POINTS: CodedTerm("points", _l("Partager des points"), "coin"),
    QuestionKind.PICK: CodedTerm("pick", _l("Choisir ce qui compte le plus"), "flag"),
    QuestionKind.STATEMENT: CodedTerm("statement", _l("Une phrase\u00a0: d’accord ou non"), "quote"),
}
STARTERS: Final[Mapping[str, tuple[Any, Any]]] = {
    "priorities": (
        _l("Les priorités du contrat"),
        _l("Mettre dans l’ordre ce que le contrat promet, et dire ce qu’il manque."),
    ),
    "one_question": (_l("Une seule question"), _l("Deux minutes, sur un téléphone.")),
    "school_gate": (
        _l("À la sortie de l’école"),
        _l("Le chemin, la sécurité, ce qui gêne\u00a0: six questions pour les parents."),
    ),
    "name": (
        _l("Choisir un nom"),
        _l(
            "Une rue, une place, une école. Ce qui arrive en tête est fait\u00a0; l’égalité est réglée d’avance."
        ),
    ),
    "picture": (
        _l("Choisir une solution, avec des images"),
        _l(
            "Des bancs, des jeux, des arbres. Ce qui arrive en tête est fait\u00a0; l’égalité est réglée d’avance."
        ),
    ),
}


@dataclass(frozen=True)
class TextPlace:
    """Where a text is written."""

    endpoint: str
    values: Mapping[str, int]


def place_of(text: OwnedText) -> TextPlace:
    """The form in which a text stands."""
    if text.owner_kind == "consultation_step":
        return TextPlace("consultations_desk.change_step", {"step_id": text.owner_id})
    if text.owner_kind == "consultation_question":
        return TextPlace("consultations_desk.change_question", {"question_id": text.owner_id})
    if text.owner_kind == "consultation_option":
        return TextPlace("consultations_desk.change_option", {"option_id": text.owner_id})
    return TextPlace("consultations_desk.settings", {})
