"""How draws of lots are said to people."""

from collections.abc import Callable, Mapping
from typing import Final

from flask_babel.speaklater import LazyString

from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.draws.algorithm import Shortfall
from cdv_civic.draws.candidates import TableProblem
from cdv_civic.draws.rules import MOST_VALUES, BadQuota, Value

_QUOTAS: Final[Mapping[str, Callable[[BadQuota], LazyString]]] = {
    "unreadable": lambda bad: _l(
        "Ligne %(line)s : « %(said)s » n’est pas compris. Écrivez par exemple 6, 1 à 3, au moins 2, au plus 4.",
        line=bad.line,
        said=bad.said,
    ),
    "name": lambda bad: _l("Ligne %(line)s : écrivez un nom de 60 signes au plus.", line=bad.line),
    "crossed": lambda bad: _l(
        "Ligne %(line)s : le plus petit nombre vient d’abord, comme 1 à 3.", line=bad.line
    ),
    "twice": lambda bad: _l(
        "Ligne %(line)s : « %(said)s » est déjà plus haut.", line=bad.line, said=bad.said
    ),
    "many": lambda bad: _l("Gardez %(most)s lignes au plus dans un critère.", most=MOST_VALUES),
}


def quota_problem(bad: BadQuota) -> LazyString:
    """Why a line of quotas was not understood."""
    return _QUOTAS[bad.kind](bad)


_PROBLEMS: Final[Mapping[str, Callable[[TableProblem], str]]] = {
    "unreadable": lambda bad: _("Ligne %(line)s : elle ne se lit pas. Copiez-la de nouveau.", line=bad.line),
    "many": lambda bad: _("La liste dépasse %(most)s personnes.", most=bad.said),
    "no_first_name_column": lambda bad: _("Il manque la colonne « Prénom ». Ajoutez-la à la première ligne."),
    "no_column": lambda bad: _(
        "Il manque la colonne « %(name)s ». Ajoutez-la à la première ligne.", name=bad.said
    ),
    "no_first_name": lambda bad: _("Ligne %(line)s : il manque le prénom.", line=bad.line),
    "long": lambda bad: _(
        "Ligne %(line)s : « %(said)s… » est trop long, 80 signes au plus.", line=bad.line, said=bad.said
    ),
    "contact": lambda bad: _(
        "Ligne %(line)s : « %(said)s » n’est ni une adresse e-mail ni un téléphone.",
        line=bad.line,
        said=bad.said,
    ),
    "value": lambda bad: _(
        "Ligne %(line)s : « %(said)s » n’est pas dans la liste. Choisissez parmi : %(known)s.",
        line=bad.line,
        said=bad.said,
        known=bad.known,
    ),
    "no_value": lambda bad: _(
        "Ligne %(line)s : il manque « %(name)s ». Choisissez parmi : %(known)s.",
        line=bad.line,
        name=bad.said,
        known=bad.known,
    ),
    "unknown_person": lambda bad: _(
        "Ligne %(line)s : ajoutez un nom ou un contact pour « %(said)s ». Sans cela, une personne pourrait "
        "compter deux fois.",
        line=bad.line,
        said=bad.said,
    ),
}


def problem_text(bad: TableProblem) -> str:
    """Why a line of a table was not read, and what to do."""
    return _PROBLEMS[bad.kind](bad)


def wanted_text(value: Value) -> str:
    """How many of a value are wanted: « 1 à 3 »."""
    if value.most is None:
        return _("au moins %(least)s", least=value.least) if value.least else _("sans limite")
    if value.least == value.most:
        return str(value.least)
    if not value.least:
        return _("au plus %(most)s", most=value.most)
    return _("%(least)s à %(most)s", least=value.least, most=value.most)


def shortfall_text(missing: Shortfall) -> str:
    """What a draw could not meet."""
    if missing.substitutes:
        return ngettext(
            "Il manque %(num)s personne sur la liste des remplacements.",
            "Il manque %(num)s personnes sur la liste des remplacements.",
            missing.missing,
        )
    if not missing.category:
        return ngettext("%(num)s siège reste libre.", "%(num)s sièges restent libres.", missing.missing)
    return ngettext(
        "Il manque %(num)s personne : %(category)s, « %(value)s ».",
        "Il manque %(num)s personnes : %(category)s, « %(value)s ».",
        missing.missing,
        category=missing.category,
        value=missing.value,
    )
