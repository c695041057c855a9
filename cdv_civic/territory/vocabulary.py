"""The controlled vocabulary that all features share: kinds, natures, states, themes.

Codes are what packs and tables hold; labels are what people read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel.speaklater import LazyString

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.territory.codes import ANNOUNCED, TO_CHECK


@dataclass(frozen=True)
class CodedTerm:
    """A code, its label as people read it, and its icon."""

    code: str
    label: LazyString
    icon: str = "point"


@dataclass(frozen=True)
class Nature(CodedTerm):
    """What a row of a contract is. An idea is not a promise, and pages say so."""

    is_promise: bool = False
    explanation: LazyString | str = ""


@dataclass(frozen=True)
class CommitmentState(CodedTerm):
    """How far a commitment is. `step` is the part of the four-step bar that is filled, 0 to 4."""

    step: int = 0
    explanation: LazyString | str = ""


def _table(*words: CodedTerm) -> dict[str, CodedTerm]:
    return {word.code: word for word in words}


NATURES: Final[Mapping[str, Nature]] = {
    nature.code: nature
    for nature in (
        Nature(
            "engagement", _l("Engagement"), "checkbox", True, _l("Des organismes promettent de le faire.")
        ),
        Nature(
            "poursuite",
            _l("Action qui continue"),
            "repeat",
            True,
            _l("Une action qui existait déjà et qui continue."),
        ),
        Nature(
            "action_eligible",
            _l("Projet qui peut recevoir de l’argent"),
            "coin",
            False,
            _l("On peut demander de l’argent pour ce projet : ce n’est pas une promesse."),
        ),
        Nature(
            "piste",
            _l("Piste à l’étude"),
            "compass",
            False,
            _l("Une voie étudiée : ce n’est pas une promesse."),
        ),
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
            _l("Grande direction"),
            "map-2",
            False,
            _l("Ce que l’on veut changer, sans action précise : ce n’est pas une promesse."),
        ),
    )
}

STATES: Final[Mapping[str, CommitmentState]] = {
    state.code: state
    for state in (
        CommitmentState(
            TO_CHECK,
            _l("À vérifier"),
            "circle-dashed",
            0,
            _l("Repris du contrat. L’équipe n’a pas encore vérifié où il en est."),
        ),
        CommitmentState(
            ANNOUNCED,
            _l("Annoncé"),
            "speakerphone",
            1,
            _l("Écrit dans le contrat. Pas encore de nouvelles."),
        ),
        CommitmentState(
            "en_preparation", _l("En préparation"), "pencil", 2, _l("On prépare : études, argent, équipe.")
        ),
        CommitmentState("en_cours", _l("En cours"), "tools", 3, _l("Le travail a commencé.")),
        CommitmentState("realise", _l("Réalisé"), "circle-check", 4, _l("C’est fait.")),
        CommitmentState(
            "perenne",
            _l("Réalisé, et cela continue"),
            "infinity",
            4,
            _l("C’est fait, et l’action reste en place."),
        ),
        CommitmentState(
            "reporte", _l("Reporté"), "clock-pause", 1, _l("Plus tard que prévu. La raison est donnée.")
        ),
        CommitmentState(
            "abandonne", _l("Abandonné"), "circle-x", 0, _l("Cela ne se fera pas. La raison est donnée.")
        ),
        CommitmentState(
            "non_evalue",
            _l("Non évalué"),
            "help-circle",
            0,
            _l("Personne n’a encore mesuré où il en est. Cela ne veut pas dire « non fait »."),
        ),
    )
}

THEMES: Final = _table(
    CodedTerm("emancipation", _l("Éducation et autonomie"), "school"),
    CodedTerm("ecologie", _l("Écologie"), "leaf"),
    CodedTerm("tranquillite", _l("Sécurité et tranquillité"), "shield"),
    CodedTerm("emploi", _l("Emploi"), "briefcase"),
    CodedTerm("sante", _l("Santé"), "heartbeat"),
    CodedTerm("habitat", _l("Logement"), "building-community"),
)

QUARTIER_KINDS: Final = _table(
    CodedTerm("qpv", _l("Quartier prioritaire")),
    CodedTerm("qva", _l("Ancien quartier prioritaire, encore suivi")),
    CodedTerm("qic", _l("Quartier choisi par les communes")),
    CodedTerm("poche_de_pauvrete", _l("Petit secteur suivi par le contrat")),
    CodedTerm("autre", _l("Quartier")),
)

ORGANISATION_KINDS: Final = _table(
    CodedTerm("etat", _l("État"), "building-bank"),
    CodedTerm("intercommunalite", _l("Intercommunalité"), "building-bank"),
    CodedTerm("commune", _l("Ville"), "building"),
    CodedTerm("departement", _l("Département"), "building-bank"),
    CodedTerm("region", _l("Région"), "building-bank"),
    CodedTerm("caf", _l("Allocations familiales"), "users"),
    CodedTerm("ars", _l("Agence de santé"), "heartbeat"),
    CodedTerm("bailleur", _l("Logement social"), "building-community"),
    CodedTerm("education", _l("École et éducation"), "school"),
    CodedTerm("emploi", _l("Emploi"), "briefcase"),
    CodedTerm("justice", _l("Justice"), "scale"),
    CodedTerm("sante", _l("Santé"), "heartbeat"),
    CodedTerm("association", _l("Association"), "users-group"),
    CodedTerm("conseil", _l("Conseil"), "users-group"),
    CodedTerm("autre", _l("Autre organisme"), "building"),
)

BODY_KINDS: Final = _table(
    CodedTerm("conseil_citoyen", _l("Conseil citoyen"), "users-group"),
    CodedTerm("conseil_de_quartier", _l("Conseil de quartier"), "users-group"),
    CodedTerm("conseil_de_voisinage", _l("Conseil de voisinage"), "users-group"),
    CodedTerm("table_de_quartier", _l("Table de quartier"), "users-group"),
    CodedTerm("collectif", _l("Collectif"), "users-group"),
    CodedTerm("comite_usagers", _l("Comité des personnes qui utilisent un lieu"), "users"),
    CodedTerm("conseil_de_maison", _l("Conseil de maison de quartier"), "users"),
    CodedTerm("conseil_jeunes", _l("Conseil des jeunes"), "users"),
    CodedTerm("conseil_enfants", _l("Conseil des enfants"), "users"),
    CodedTerm("conseil_seniors", _l("Conseil des personnes âgées"), "users"),
    CodedTerm("amicale", _l("Amicale de locataires"), "home"),
    CodedTerm("observatoire", _l("Observatoire"), "eye"),
    CodedTerm("maison_du_projet", _l("Maison du projet"), "home"),
    CodedTerm("comite_pilotage", _l("Comité de pilotage"), "steering-wheel"),
    CodedTerm("comite_technique", _l("Comité technique"), "tools"),
    CodedTerm("comite_evaluation", _l("Comité d’évaluation"), "clipboard-check"),
    CodedTerm("commission_micro_projets", _l("Commission des micro-projets"), "coin"),
    CodedTerm("groupe_gusp", _l("Rencontres sur le cadre de vie"), "walk"),
    CodedTerm("groupe_de_travail", _l("Groupe de travail"), "tools"),
    CodedTerm("autre", _l("Autre lieu ou rencontre"), "point"),
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
    CodedTerm("territoire", _l("Les grandes directions du territoire"), "map-2"),
    CodedTerm("communes", _l("Les fiches des villes et des quartiers"), "building-community"),
    CodedTerm("annexe", _l("Les annexes"), "paperclip"),
    CodedTerm("partenaires", _l("Les engagements des partenaires"), "users-group"),
    CodedTerm("habitants", _l("Choisi par les habitantes et les habitants"), "users"),
)
#: The tree of parts that no document has: they were born of consultations, and an import neither makes nor retires any.
BORN_TREE: Final = "habitants"

INDICATOR_FAMILIES: Final = _table(
    CodedTerm("contexte", _l("Situation de départ")),
    CodedTerm("suivi", _l("Suivi de l’action")),
    CodedTerm("resultat", _l("Résultat")),
    CodedTerm("impact", _l("Effet sur la vie des gens")),
)

_CENSUS: Final = re.compile(r"INSEE,? RP (\d{4})", re.IGNORECASE)


def source_words(source: str | None) -> str | LazyString | None:
    """Where a figure comes from, without the abbreviations of the document."""
    if source == "fiche quartier":
        return _l("la page du quartier dans le contrat")
    census = _CENSUS.fullmatch(source or "")
    return _l("le recensement de %(year)s (Insee)", year=census[1]) if census else source


#: What the value of an indicator is: decides how it is entered and whether it can be drawn.
VALUE_KINDS: Final = _table(
    CodedTerm("count", _l("Nombre")),
    CodedTerm("rate", _l("Part (en %)")),
    CodedTerm("boolean", _l("Oui ou non")),
    CodedTerm("date", _l("Date")),
    CodedTerm("amount", _l("Somme en euros")),
    CodedTerm("quantity", _l("Quantité avec une unité")),
    CodedTerm("qualitative", _l("En mots")),
)

CERTAINTIES: Final = _table(
    CodedTerm("ferme", _l("somme décidée")),
    CodedTerm("previsionnel", _l("somme prévue, pas encore décidée")),
    CodedTerm("potentiel", _l("somme possible")),
    CodedTerm("plafond", _l("somme à ne pas dépasser : ce n’est pas de l’argent promis")),
    CodedTerm("realise", _l("somme dépensée")),
)
