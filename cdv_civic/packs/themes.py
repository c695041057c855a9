"""Suggests one of the six themes for an axis and for a commitment, from the words of its title.

Contracts do not sort their rows by these themes: the tables below are our own reading, made so that a resident can
filter a list on the first day. Staff change what they find wrong, and an import keeps their choice. Where the
words point to two themes at once, or to none, there is no suggestion: none is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from cdv_civic.core.text_folding import fold

# Beginnings of words in folded text (lower case, no accents, apostrophes as spaces); "sport" also finds "sportive".
# A strong word decides by itself. A weak one only where nothing else does: it yields to the theme of the parent axis.
_STRONG: Final[Mapping[str, tuple[str, ...]]] = {
    "emancipation": (
        "emancip",
        r"educ(?:at|ation)",
        r"co ?educ",
        "scol",
        r"ecoles?\b",
        "decroch",
        "parental",
        r"parents?\b",
        "petite enfance",
        "creche",
        "periscol",
        "extrascol",
        r"culture(?:s|l|lle|ls|lles)?\b(?! (?:de la prevention|du bien|commune))",
        "artisti",
        "sport",
        "loisirs",
        "lecture publique",
        "mediatheque",
        "bibliotheque",
        "ludotheque",
        r"langue\b",
        "linguist",
        r"(?:du|en) francais",
        "francophon",
        "allophon",
        "illettr",
        "illectron",
        "savoirs de base",
        r"(?:fracture|inclusion|accompagnement|mediation) numerique",
        r"droits?\b(?! (?:en sante|commun))",
        "non recours",
        "discrimin",
        r"egalite (?:reelle )?(?:entre les )?(?:femmes?|filles|hommes)",
        "laicite",
        "valeurs de la republique",
        "citoyennete",
        "pouvoir d agir",
        "vie associative",
        "france services",
    ),
    "ecologie": (
        "ecolog",
        "ecogeste",
        "eco geste",
        "energetiq",
        "energie",
        "thermiq",
        "vegetal",
        "debitum",
        "demineral",
        "desimperm",
        "renatur",
        r"nature\b",
        "biodiver",
        "dechet",
        "tri selectif",
        "recycl",
        "reemploi",
        "recyclerie",
        "compost",
        "climati",
        "rechauff",
        "carbon",
        "mobilites? (?:douce|alternati|durable|active)",
        "mobilite plus douce",
        "(?:transports|modes|liaisons) doux",
        "liaisons douces",
        "velo",
        "covoiturage",
        "circuits courts",
        "gaspill",
        "espaces verts",
        "jardins? partage",
        "developpement (?:urbain )?durable",
        "alimentation (?:durable|saine|locale)",
        "economie circulaire",
        "ressource en eau",
        "geothermi",
    ),
    "tranquillite": (
        "tranquil",
        r"securite\b(?! sociale)",
        "insecurit",
        "delinquan",
        "polic",
        "videoprotect",
        "videosurv",
        "violence",
        "harcel",
        "trafic",
        "economie souterraine",
        "criminalit",
        "clspd",
        "incivilit",
        "stationnement sauvage",
        "rodeo",
        "radicalis",
        "prevention specialisee",
    ),
    "emploi": (
        "emploi",
        "employab",
        "employeur",
        r"insertion (?:socio ?)?professionnel",
        "insertion par l activite",
        "clauses? (?:d insertion|sociale)",
        "entrepren",
        "entreprise",
        "auto ?entrepre",
        "economiq",
        r"metiers?\b",
        "alternance",
        r"(?:monde|marche) du travail",
        r"demande de travail",
        r"france travail",
        "mission locale",
        "pole emploi",
        "recrut",
        r"ess\b",
        r"iae\b",
        r"stages?\b",
        "chantiers? d insertion",
        "formations? professionn",
    ),
    "sante": (
        r"sante\b",
        r"soins?\b",
        r"medica(?:l|le|les|ux)?\b",
        "medecin",
        "addict",
        "depistag",
        "psycholog",
        "psychiq",
        "psychosoc",
        "mortalite",
        "nutrition",
        "vaccin",
        "soignant",
    ),
    "habitat": (
        "habitat",
        "logement",
        "relogement",
        "mal logement",
        "copropri",
        "renouvellement urbain",
        "renovation urbaine",
        r"anru\b",
        "npnru",
        r"npru\b",
        r"nprnu\b",
        "residentialis",
        r"gusp\b",
        r"gup\b",
        "gestion urbaine",
        r"a?tfpb\b",
        "peuplement",
        "marchands de sommeil",
        "charges locatives",
        r"parc (?:social|prive)\b",
        "projets? urbain",
        "transformation urbaine",
        "insalubr",
    ),
}
_WEAK: Final[Mapping[str, tuple[str, ...]]] = {
    "emancipation": (
        "jeune",
        "enfan",
        "famil",
        "lien social",
        "cohesion sociale",
        "vivre ensemble",
        "associati",
        "intergeneration",
        "etudiant",
        "eleves",
        "numerique",
        "services publics",
        "modes? d accueil",
        "garde d enfant",
        "republi",
        "rencontre",
    ),
    "ecologie": (
        "mobilit",
        "transport",
        "durable",
        "proprete",
        "nuisible",
        "alimentation",
        r"jardins\b",
        r"eau\b",
    ),
    "tranquillite": ("securis", "mediation", "justice", "victime", "stationnement", "conduites a risque"),
    "emploi": (
        "insertion",
        "formation",
        "professionnel",
        "commerc",
        "apprentissage",
        "filiere",
        "recherche d activite",
    ),
    "sante": ("bien etre", "psycho", "vieilli", "handicap", "conduites a risque", "hygiene", "sanitaire"),
    "habitat": (
        "cadre de vie",
        "bailleur",
        "attribution",
        "mixite sociale",
        "rehabilit",
        r"bati\b",
        "urbain",
        "espaces? public",
        "residentiel",
        "desenclav",
        "rez de chaussee",
        "amenag",
        "requalif",
    ),
}


def _compile(table: Mapping[str, tuple[str, ...]]) -> Mapping[str, re.Pattern[str]]:
    return {theme: re.compile(rf"\b(?:{'|'.join(words)})") for theme, words in table.items()}


#: What follows in an axis title is the name of a place, whose words ("Jardin Parisien") say nothing of a theme.
_PLACE_MARK: Final = " – "

STRONG_WORDS: Final = _compile(_STRONG)
WEAK_WORDS: Final = _compile(_WEAK)


class _Axis(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def parent(self) -> str | None: ...


class _Commitment(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def axes(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Themes:
    """The suggestions for a pack, by code; a row without suggestion has None."""

    axes: Mapping[str, str | None]
    commitments: Mapping[str, str | None]


def suggest_themes(axes: Iterable[_Axis], commitments: Iterable[_Commitment]) -> Themes:
    """Suggest a theme for each axis (parents stand before their children) and each commitment."""
    of_axes: dict[str, str | None] = {}
    for axis in axes:
        inherited = of_axes.get(axis.parent) if axis.parent else None
        of_axes[axis.code] = theme_of_axis(axis.title, inherited)
    of_commitments = {
        commitment.code: theme_of_commitment(
            commitment.title, [of_axes.get(code) for code in commitment.axes]
        )
        for commitment in commitments
    }
    return Themes(of_axes, of_commitments)


def theme_of_axis(title: str, inherited: str | None = None) -> str | None:
    """The theme that a title's own words point to, else the one of the parent axis."""
    text = fold(title.partition(_PLACE_MARK)[0])
    strong = _found(STRONG_WORDS, text)
    if strong:
        return _only(strong, inherited)
    if inherited is not None:
        return inherited
    return _only(_found(WEAK_WORDS, text), None)


def theme_of_commitment(title: str, of_axes: Iterable[str | None]) -> str | None:
    """The theme of the first axis that has one, else the one of the title's strong words."""
    for theme in of_axes:
        if theme is not None:
            return theme
    return _only(_found(STRONG_WORDS, fold(title)), None)


def _found(words: Mapping[str, re.Pattern[str]], text: str) -> set[str]:
    return {theme for theme, pattern in words.items() if pattern.search(text)}


def _only(themes: set[str], inherited: str | None) -> str | None:
    """The theme, where there is but one; among several the parent's decides, if it is one of them."""
    if len(themes) == 1:
        return next(iter(themes))
    return inherited if inherited in themes else None
