"""How addresses and commands name what a role is for."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import languages_of
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.core.settings import current_settings
from cdv_civic.territory.models import Body, Commune, Contract, Organisation, Quartier

#: The kinds of things that have a table.
TABLES: Final[Mapping[ScopeKind, Any]] = {
    ScopeKind.CONTRACT: Contract,
    ScopeKind.COMMUNE: Commune,
    ScopeKind.QUARTIER: Quartier,
    ScopeKind.BODY: Body,
    ScopeKind.ORGANISATION: Organisation,
}

_KINDS: Final = frozenset(kind.value for kind in TABLES)


def key_of(scope: Scope) -> str:
    """How an address says it: "commune:3", "language:ar", "site"."""
    return scope.kind.value if scope.id is None else f"{scope.kind.value}:{scope.id}"


def scope_of_key(key: str) -> Scope | None:
    """The scope that an address names; None for what we could not have written."""
    kind, _colon, name = key.partition(":")
    if kind == ScopeKind.SITE.value:
        return None if name else Scope()
    if kind == ScopeKind.LANGUAGE.value:
        return Scope(ScopeKind.LANGUAGE, name) if name in translation_languages() else None
    if kind in _KINDS and name.isascii() and name.isdigit() and len(name) < 10:
        return Scope(ScopeKind(kind), int(name))
    return None


def translation_languages() -> Mapping[str, str]:
    """The languages that something can be translated into: all but the one of the originals."""
    settings = current_settings()
    return {each.tag: each.name for each in languages_of(settings) if each.tag != settings.default_language}


def scope_named(session: Session, text: str) -> Scope:
    """The scope of a command: "site", "commune:orly", "language:ar", "body:slug" or "body:contract/slug".

    Raises `NotFound` where there is none, or more than one, of this name.
    """
    kind, _colon, name = text.strip().partition(":")
    unknown = NotFound(
        _l(
            "Nous ne trouvons pas « %(name)s ». Écrivez site, contract:…, commune:…, quartier:…, body:contrat/…, "
            "organisation:contrat/… ou language:…, avec le mot de l’adresse de la page.",
            name=text,
        )
    )
    if kind in (ScopeKind.SITE.value, ScopeKind.LANGUAGE.value):
        scope = scope_of_key(text.strip())
        if scope is None:
            raise unknown
        return scope
    if kind not in _KINDS or not name:
        raise unknown
    table = TABLES[ScopeKind(kind)]
    contract, slash, slug = name.partition("/")
    statement = select(table.id).where(table.slug == (slug if slash else name))
    if slash and ScopeKind(kind) in (ScopeKind.BODY, ScopeKind.ORGANISATION):
        statement = statement.join(Contract, Contract.id == table.contract_id).where(
            Contract.slug == contract
        )
    found = session.execute(statement.limit(2)).scalars().all()
    if len(found) != 1:
        raise unknown
    return Scope(ScopeKind(kind), found[0])
