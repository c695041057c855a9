"""« Qui peut faire quoi »: the permission table of `core.policy.table`, in an order that people read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from cdv_civic.accounts.reach import GRANTABLE
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Role
from cdv_civic.core.policy.table import ACTIONS, PASSWORD_ROLES, ROLES
from cdv_civic.role_desk.wording import KINDS, MEANINGS, role_label

#: The themes, and the beginnings of the names of actions that belong to each.
THEMES: Final[Sequence[tuple[Any, tuple[str, ...]]]] = (
    (_l("Ses propres données et son travail"), ("account.self", "work.")),
    (
        _l("Les engagements, les mots et leurs traductions"),
        (
            "desk.",
            "commitment.",
            "progress.",
            "indicator.",
            "axis.",
            "glossary.",
            "contract.",
            "interface.",
            "language_help.",
        ),
    ),
    (
        _l("Les conseils citoyens et les autres groupes"),
        ("body.", "meeting.", "publication.", "seat.", "draw."),
    ),
    (_l("La parole des habitantes et des habitants"), ("voice.", "receipt.", "part.")),
    (_l("Les consultations et leurs réponses"), ("consultation.", "comment.")),
    (
        _l("Les idées, et la modération de ce que l’on écrit"),
        ("idea.", "text.", "appeal.", "charter."),
    ),
    (
        _l("L’argent pour les projets des habitantes et des habitants"),
        ("fund.", "project.", "opinion.", "jury."),
    ),
    (_l("Les cartes d’accès"), ("card.",)),
    (_l("Les comptes, les rôles et les messages"), ("role.", "account.", "notice.")),
    (_l("Autres"), ("",)),
)


@dataclass(frozen=True)
class Right:
    """What can be done, and by whom."""

    words: str
    roles: Sequence[str]


@dataclass(frozen=True)
class RoleLine:
    """A role, what it is for, what it can be given for, and how its holders come in."""

    label: str
    meaning: str
    scopes: Sequence[str]
    password: bool


def _theme_of(action: str) -> int:
    return next(number for number, (_label, names) in enumerate(THEMES) if action.startswith(names))


def rights() -> Sequence[tuple[str, Sequence[Right]]]:
    """All actions by theme; one that no theme names stands among the others."""
    found: dict[int, list[Right]] = {}
    for name, action in ACTIONS.items():
        roles = [role_label(role) for role in ROLES if role in action.roles]
        if action.anybody:
            roles = [_("Tout le monde, sans compte")]
        elif Role.PERSON in action.roles:
            roles = [role_label(Role.PERSON)]  # administrators are among them
        found.setdefault(_theme_of(name), []).append(Right(str(action.words), roles))
    return [(str(label), found[number]) for number, (label, _names) in enumerate(THEMES) if number in found]


def role_lines() -> Sequence[RoleLine]:
    """The roles that are granted."""
    return [
        RoleLine(
            role_label(role),
            str(MEANINGS[role]),
            [str(KINDS[kind]) for kind in ROLES[role].scopes],
            role in PASSWORD_ROLES,
        )
        for role in GRANTABLE
    ]


def markdown() -> str:
    """The same as Markdown, for a file or a report."""
    lines = [f"# {_('Qui peut faire quoi')}", ""]
    for theme, found in rights():
        lines += [
            f"## {theme}",
            "",
            f"| {_('Ce que l’on peut faire')} | {_('Qui peut le faire')} |",
            "|---|---|",
        ]
        lines += [f"| {right.words} | {', '.join(right.roles)} |" for right in found]
        lines.append("")
    lines += [
        f"## {_('Les rôles')}",
        "",
        f"| {_('Rôle')} | {_('Pour quoi')} | {_('Ce qu’il permet')} |",
        "|---|---|---|",
    ]
    lines += [f"| {role.label} | {', '.join(role.scopes)} | {role.meaning} |" for role in role_lines()]
    return "\n".join(lines) + "\n"
