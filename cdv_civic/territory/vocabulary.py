"""The words of this world that all features share: kinds, natures, states, themes.

Codes are what packs and tables hold; labels are what people read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel.speaklater import LazyString

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.territory.codes import ANNOUNCED, TO_CHECK


@dataclass(frozen=True)
class Word:
    """A code, how people read it, and its pictogram."""

    code: str
    label: LazyString
    icon: str = "point"


@dataclass(frozen=True)
class Nature(Word):
    """What a row of a contract is. An idea is not a promise, and pages say so."""

    is_promise: bool = False
    explanation: LazyString | str = ""


@dataclass(frozen=True)
class State(Word):
    """How far a commitment is. `step` is the part of the four-step bar that is filled, 0 to 4."""

    step: int = 0
    explanation: LazyString | str = ""


def _table(*words: Word) -> dict[str, Word]:
    return {word.code: word for word in words}


NATURES: Final[Mapping[str, Nature]] = {
    nature.code: nature
    for nature in (
        Nature(
            "engagement", _l("Engagement"), "checkbox", True, _l("Les institutions promettent de le faire.")
        ),
        Nature(
            "poursuite", _l("Poursuite"), "repeat", True, _l("Une action qui existait déjà et qui continue.")
        ),
        Nature(
            "action_eligible",
            _l("Action possible"),
            "coin",
            False,
            _l("Un type de projet qui peut recevoir de l’argent : ce n’est pas une promesse."),
        ),
        Nature("piste", _l("Piste"), "compass", False, _l("Une voie étudiée : ce n’est pas une promesse.")),
        Nature(
            "etude",
            _l("Étude"),
            "search",
            False,
            _l("Une étude à mener avant de décider : ce n’est pas une promesse."),
        ),
        Nature(
            "idee",
            _l("Idée"),
            "bulb",
            False,
            _l("Une idée notée dans le contrat : ce n’est pas une promesse."),
        ),
        Nature(
            "orientation",
            _l("Orientation"),
            "map-2",
            False,
            _l("Une direction choisie : ce n’est pas une promesse précise."),
        ),
    )
}

STATES: Final[Mapping[str, State]] = {
    state.code: state
    for state in (
        State(
            TO_CHECK,
            _l("À vérifier"),
            "circle-dashed",
            0,
            _l("Repris du contrat. L’équipe n’a pas encore vérifié où il en est."),
        ),
        State(
            ANNOUNCED,
            _l("Annoncé"),
            "speakerphone",
            1,
            _l("Écrit dans le contrat. Pas encore de nouvelles."),
        ),
        State(
            "en_preparation", _l("En préparation"), "pencil", 2, _l("On prépare : études, argent, équipe.")
        ),
        State("en_cours", _l("En cours"), "tools", 3, _l("Le travail a commencé.")),
        State("realise", _l("Réalisé"), "circle-check", 4, _l("C’est fait.")),
        State(
            "perenne",
            _l("Réalisé, et cela continue"),
            "infinity",
            4,
            _l("C’est fait, et l’action reste en place."),
        ),
        State("reporte", _l("Reporté"), "clock-pause", 1, _l("Plus tard que prévu. La raison est donnée.")),
        State("abandonne", _l("Abandonné"), "circle-x", 0, _l("Cela ne se fera pas. La raison est donnée.")),
        State(
            "non_evalue",
            _l("Non évalué"),
            "help-circle",
            0,
            _l("Personne n’a encore mesuré où il en est. Cela ne veut pas dire « non fait »."),
        ),
    )
}

THEMES: Final = _table(
    Word("emancipation", _l("Émancipation et éducation"), "school"),
    Word("ecologie", _l("Écologie"), "leaf"),
    Word("tranquillite", _l("Tranquillité"), "shield"),
    Word("emploi", _l("Emploi"), "briefcase"),
    Word("sante", _l("Santé"), "heartbeat"),
    Word("habitat", _l("Habitat"), "building-community"),
)

QUARTIER_KINDS: Final = _table(
    Word("qpv", _l("Quartier prioritaire")),
    Word("qva", _l("Quartier en veille active")),
    Word("qic", _l("Quartier d’intérêt communautaire")),
    Word("poche_de_pauvrete", _l("Petit secteur suivi par le contrat")),
    Word("autre", _l("Quartier")),
)

ORGANISATION_KINDS: Final = _table(
    Word("etat", _l("État"), "building-bank"),
    Word("intercommunalite", _l("Intercommunalité"), "building-bank"),
    Word("commune", _l("Ville"), "building"),
    Word("departement", _l("Département"), "building-bank"),
    Word("region", _l("Région"), "building-bank"),
    Word("caf", _l("Allocations familiales"), "users"),
    Word("ars", _l("Agence de santé"), "heartbeat"),
    Word("bailleur", _l("Logement social"), "building-community"),
    Word("education", _l("École et éducation"), "school"),
    Word("emploi", _l("Emploi"), "briefcase"),
    Word("justice", _l("Justice"), "scale"),
    Word("sante", _l("Santé"), "heartbeat"),
    Word("association", _l("Association"), "users-group"),
    Word("conseil", _l("Conseil"), "users-group"),
    Word("autre", _l("Autre organisme"), "building"),
)

BODY_KINDS: Final = _table(
    Word("conseil_citoyen", _l("Conseil citoyen"), "users-group"),
    Word("conseil_de_quartier", _l("Conseil de quartier"), "users-group"),
    Word("conseil_de_voisinage", _l("Conseil de voisinage"), "users-group"),
    Word("table_de_quartier", _l("Table de quartier"), "users-group"),
    Word("collectif", _l("Collectif"), "users-group"),
    Word("comite_usagers", _l("Comité des personnes qui utilisent un lieu"), "users"),
    Word("conseil_de_maison", _l("Conseil de maison de quartier"), "users"),
    Word("conseil_jeunes", _l("Conseil des jeunes"), "users"),
    Word("conseil_enfants", _l("Conseil des enfants"), "users"),
    Word("conseil_seniors", _l("Conseil des seniors"), "users"),
    Word("amicale", _l("Amicale de locataires"), "home"),
    Word("observatoire", _l("Observatoire"), "eye"),
    Word("maison_du_projet", _l("Maison du projet"), "home"),
    Word("comite_pilotage", _l("Comité de pilotage"), "steering-wheel"),
    Word("comite_technique", _l("Comité technique"), "tools"),
    Word("comite_evaluation", _l("Comité d’évaluation"), "clipboard-check"),
    Word("commission_micro_projets", _l("Commission des micro-projets"), "coin"),
    Word("groupe_gusp", _l("Rencontres sur le cadre de vie"), "walk"),
    Word("groupe_de_travail", _l("Groupe de travail"), "tools"),
    Word("autre", _l("Autre lieu ou rencontre"), "point"),
)

#: Where residents sit or are heard: shown on a quartier's page. Security cells and technical boards are not.
RESIDENTS_BODY_KINDS: Final = frozenset(
    (
        "conseil_citoyen",
        "conseil_de_quartier",
        "conseil_de_voisinage",
        "table_de_quartier",
        "collectif",
        "comite_usagers",
        "conseil_de_maison",
        "conseil_jeunes",
        "conseil_enfants",
        "conseil_seniors",
        "amicale",
        "observatoire",
        "maison_du_projet",
        "commission_micro_projets",
        "groupe_gusp",
    )
)

TREES: Final = _table(
    Word("territoire", _l("Les orientations du territoire"), "map-2"),
    Word("communes", _l("Les fiches des villes et des quartiers"), "building-community"),
    Word("annexe", _l("Les annexes"), "paperclip"),
    Word("partenaires", _l("Les engagements des partenaires"), "users-group"),
)

INDICATOR_FAMILIES: Final = _table(
    Word("contexte", _l("Situation de départ")),
    Word("suivi", _l("Suivi de l’action")),
    Word("resultat", _l("Résultat")),
    Word("impact", _l("Effet sur la vie des gens")),
)

#: What the value of an indicator is: decides how it is entered and whether it can be drawn.
VALUE_KINDS: Final = _table(
    Word("count", _l("Nombre")),
    Word("rate", _l("Part (en %)")),
    Word("boolean", _l("Oui ou non")),
    Word("date", _l("Date")),
    Word("amount", _l("Somme en euros")),
    Word("quantity", _l("Quantité avec une unité")),
    Word("qualitative", _l("En mots")),
)

CERTAINTIES: Final = _table(
    Word("ferme", _l("somme décidée")),
    Word("previsionnel", _l("somme prévue, pas encore décidée")),
    Word("potentiel", _l("somme possible")),
    Word("plafond", _l("somme à ne pas dépasser : ce n’est pas de l’argent promis")),
    Word("realise", _l("somme dépensée")),
)
