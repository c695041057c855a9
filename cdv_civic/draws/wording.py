"""How draws of lots are said to people."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel.speaklater import LazyString

from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.draws.algorithm import Shortfall
from cdv_civic.draws.candidates import Reading, TableProblem, UnknownValue, UnreadColumn
from cdv_civic.draws.columns import CONTACT, EMAIL, FIRST_NAME, LAST_NAME, PHONE
from cdv_civic.draws.persons import Doubt
from cdv_civic.draws.rules import MOST_VALUES, BadQuota, Category, Value
from cdv_civic.draws.standing import FoundNumber, NumberStanding

_QUOTAS: Final[Mapping[str, Callable[[BadQuota], LazyString]]] = {
    "unreadable": lambda bad: _l(
        "Ligne %(line)s : « %(said)s » n’est pas compris. Écrivez par exemple 6, 1 à 3, au moins 2, au plus 4.",
        line=bad.line,
        said=bad.said,
    ),
    "name": lambda bad: _l("Ligne %(line)s\u00a0: écrivez un nom de 60 caractères au plus.", line=bad.line),
    "crossed": lambda bad: _l(
        "Ligne %(line)s : le plus petit nombre vient d’abord, comme 1 à 3.", line=bad.line
    ),
    "twice": lambda bad: _l(
        "Ligne %(line)s : « %(said)s » est déjà plus haut.", line=bad.line, said=bad.said
    ),
    "no_colon": lambda bad: _l(
        "Ligne %(line)s : écrivez « %(meant)s ». Si c’est un nom, ajoutez deux-points à la fin : « %(said)s : ».",
        line=bad.line,
        meant=bad.meant,
        said=bad.said,
    ),
    "percent": lambda bad: _l(
        "Ligne %(line)s : écrivez un nombre de personnes, pas un pourcentage : « Femmes : 6 ».", line=bad.line
    ),
    "many": lambda bad: _l("Gardez %(most)s lignes au plus dans un critère.", most=MOST_VALUES),
}


def quota_problem(bad: BadQuota) -> LazyString:
    """Why a line of quotas was not understood."""
    return _QUOTAS[bad.kind](bad)


@dataclass(frozen=True)
class LinesProblem:
    """The numbers of lines that have one problem, what they say, and what is known."""

    line: str
    said: str
    known: str


_PROBLEMS: Final[Mapping[str, Callable[[LinesProblem], str]]] = {
    "quote": lambda bad: _(
        "Ligne %(line)s : un guillemet n’est pas fermé. Enlevez-le, puis envoyez de nouveau.", line=bad.line
    ),
    "many": lambda bad: _("La liste dépasse %(most)s personnes.", most=bad.said),
    "no_first_name_column": lambda bad: _("Il manque la colonne « Prénom ». Ajoutez-la à la première ligne."),
    "no_column": lambda bad: _(
        "Il manque la colonne « %(name)s ». Ajoutez-la à la première ligne.", name=bad.said
    ),
    "no_first_name": lambda bad: _("Ligne %(line)s : il manque le prénom.", line=bad.line),
    "long": lambda bad: _(
        "Ligne %(line)s\u00a0: «\u00a0%(said)s…\u00a0» est trop long, 80 caractères au plus.",
        line=bad.line,
        said=bad.said,
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


def _numbers(lines: Sequence[int]) -> str:
    """Numbers of lines: « 4–8, 10 »."""
    spans: list[list[int]] = []
    for line in sorted(set(lines)):
        if spans and line == spans[-1][1] + 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    return _(", ").join(str(first) if first == last else f"{first}–{last}" for first, last in spans)


def problem_texts(problems: Iterable[TableProblem]) -> list[str]:
    """Why lines of a table were not read, and what to do: one sentence for all that have the same problem."""
    alike: dict[tuple[str, str, str], list[int]] = {}
    for bad in problems:
        alike.setdefault((bad.kind, bad.said, bad.known), []).append(bad.line)
    return [
        _PROBLEMS[kind](LinesProblem(_numbers(lines), said, known))
        for (kind, said, known), lines in alike.items()
    ]


def totals_text(reading: Reading) -> str:
    """« 200 lignes, 198 personnes nouvelles. 2 lignes répètent une personne. »."""
    lines = ngettext("%(num)s ligne", "%(num)s lignes", reading.lines)
    people = ngettext("%(num)s personne nouvelle", "%(num)s personnes nouvelles", len(reading.rows))
    said = [f"{lines}{_(', ')}{people}."]
    if reading.known:
        said.append(
            ngettext(
                "%(num)s était déjà sur la liste.", "%(num)s étaient déjà sur la liste.", len(reading.known)
            )
        )
    if reading.repeated:
        said.append(
            ngettext(
                "%(num)s ligne répète une personne.",
                "%(num)s lignes répètent une personne.",
                len(reading.repeated),
            )
        )
    return " ".join(said)


def column_choices(categories: Sequence[Category]) -> list[tuple[str, str]]:
    """What a column that nobody knows may hold."""
    return [
        ("", _("Ne pas lire")),
        (FIRST_NAME, _("Prénom")),
        (LAST_NAME, _("Nom")),
        (CONTACT, _("Contact")),
        (EMAIL, _("Adresse e-mail")),
        (PHONE, _("Téléphone")),
        *((f"category {place}", category.name) for place, category in enumerate(categories)),
    ]


def apart(text: str) -> str:
    """What somebody typed, to stand in a sentence of any direction (U+2068, U+2069: Unicode, annex 9)."""
    return f"\u2068{text}\u2069"


def value_text(asked: UnknownValue) -> str:
    """« 149 fois « H » dans « Genre » : de quoi s’agit-il ? »."""
    return ngettext(
        "%(num)s fois « %(said)s » dans « %(category)s » : de quoi s’agit-il ?",
        "%(num)s fois « %(said)s » dans « %(category)s » : de quoi s’agit-il ?",
        asked.lines,
        said=apart(asked.said),
        category=apart(asked.category.name),
    )


def column_text(column: UnreadColumn) -> str:
    """That nothing is read of a column."""
    return _("Colonne non lue : « %(name)s »", name=apart(column.name))


def doubt_text(doubt: Doubt) -> str:
    """What is asked of a line that may say somebody again."""
    who = {"line": doubt.line, "name": apart(doubt.person.name), "other": apart(doubt.other.name)}
    if doubt.by_contact:
        if doubt.first:
            return _(
                "Ligne %(line)s : %(name)s a la même adresse ou le même téléphone que %(other)s, ligne %(first)s.",
                first=doubt.first,
                **who,
            )
        return _(
            "Ligne %(line)s : %(name)s a la même adresse ou le même téléphone que %(other)s, déjà sur la liste.",
            **who,
        )
    if doubt.first:
        return _(
            "Ligne %(line)s : %(name)s porte le même nom que la ligne %(first)s.", first=doubt.first, **who
        )
    return _("Ligne %(line)s : %(name)s porte le même nom qu’une personne déjà sur la liste.", **who)


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


def number_text(found: FoundNumber) -> str:
    """What a draw says of the number that somebody typed."""
    number = apart(found.number)
    match found.standing:
        case NumberStanding.SEATED:
            return _("Le numéro %(number)s est tiré : vous avez une place, si vous dites oui.", number=number)
        case NumberStanding.SUBSTITUTE:
            return _(
                "Le numéro %(number)s est remplaçant, au rang %(rank)s : vous prenez une place si quelqu’un part.",
                number=number,
                rank=found.rank,
            )
        case NumberStanding.NOT_DRAWN:
            return _("Le numéro %(number)s n’est pas tiré cette fois.", number=number)
        case NumberStanding.LISTED:
            return _("Le numéro %(number)s est sur la liste. Revenez après le tirage.", number=number)
        case NumberStanding.UNKNOWN:
            return _(
                "Le numéro %(number)s n’est pas sur cette liste. Relisez-le, ou demandez au groupe.",
                number=number,
            )
