"""Roles and what they are for, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.core.i18n.languages import read_language
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.core.policy.table import ROLES
from cdv_civic.role_desk.queries.accounts import GrantedRole

KINDS: Final[Mapping[ScopeKind, Any]] = {
    ScopeKind.SITE: _l("Tout le site"),
    ScopeKind.CONTRACT: _l("Un contrat"),
    ScopeKind.COMMUNE: _l("Une ville"),
    ScopeKind.QUARTIER: _l("Un quartier"),
    ScopeKind.BODY: _l("Un conseil ou un groupe"),
    ScopeKind.ORGANISATION: _l("Un organisme"),
    ScopeKind.LANGUAGE: _l("Une langue"),
}
#: What a role is for, in a sentence: what somebody reads who is about to give it.
MEANINGS: Final[Mapping[Role, Any]] = {
    Role.MEMBER: _l(
        "Voit la page de travail de son groupe et y note ce que disent les habitantes et les habitants."
    ),
    Role.MODERATOR: _l("Annonce les rencontres, tient la liste des membres, lit les messages et y répond."),
    Role.RELAIS: _l("Écrit à la place d’une personne qui le demande, et remplace une carte perdue."),
    Role.HOLDER: _l("Dit où en sont les engagements de son organisme, et répond aux messages transmis."),
    Role.TRANSLATOR: _l("Traduit les engagements et les mots dans une langue."),
    Role.STATE: _l("Lit le travail en cours et les chiffres, sans rien changer."),
    Role.STAFF: _l(
        "Tient les engagements, les conseils et les groupes à jour, imprime les cartes, donne des rôles."
    ),
    Role.ADMINISTRATOR: _l("Peut tout faire, et gère les comptes."),
}


def role_label(role: Role) -> str:
    """What a role is called, in the language at hand."""
    return str(ROLES[role].label)


def scope_label(scope: Scope, name: str | None) -> str:
    """What a scope is called where people read it; `name` as `territory.scopes.scope_names` gives it."""
    if scope.kind is ScopeKind.SITE:
        return str(KINDS[scope.kind])
    if scope.kind is ScopeKind.LANGUAGE:
        try:
            return read_language(str(scope.id)).name
        except (FileNotFoundError, OSError):
            return str(scope.id)
    return name or "?"


def last_day(ends_at: datetime) -> str:
    """The last day on which a role holds, written out: it ends at the midnight after."""
    return date_text(ends_at - timedelta(seconds=1), "long")


def time_words(starts_at: datetime, ends_at: datetime | None, now: datetime) -> str:
    """From when until when, in a few words."""
    start = date_text(starts_at, "long")
    if ends_at is not None and ends_at <= now:
        return _("fini le %(day)s", day=last_day(ends_at))
    if ends_at is None:
        return _("depuis le %(day)s", day=start) if starts_at <= now else _("à partir du %(day)s", day=start)
    return _("du %(start)s au %(end)s", start=start, end=last_day(ends_at))


@dataclass(frozen=True)
class GrantedRoleWords:
    """A role of somebody, in words."""

    label: str
    scope: str
    when: str
    giver: str


def words_of(role: GrantedRole) -> GrantedRoleWords:
    """What a role is called, what it is for, how long it holds, and who gave it."""
    giver = _("l’installation du site") if role.giver is None else role.giver
    return GrantedRoleWords(
        role_label(role.role),
        scope_label(role.scope, role.scope_name),
        time_words(role.starts_at, role.ends_at, clock.now()),
        giver or _("une personne partie depuis"),
    )
