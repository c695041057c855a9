"""What somebody can give a role for, as lists to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from cdv_civic.accounts.reach import contained, reaches_to_grant
from cdv_civic.accounts.scope_keys import TABLES, key_of, translation_languages
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import Actor, Role, Scope, ScopeKind
from cdv_civic.core.policy.table import ROLES
from cdv_civic.core.text_folding import fold
from cdv_civic.territory.models import Commune, Contract, ContractCommune, quartier_commune
from cdv_civic.territory.rules import apart, is_over

PER_PAGE: Final = 40


@dataclass(frozen=True)
class ScopeChoice:
    """Something that a role can be given for; `note` tells it from others of the same name."""

    key: str
    name: str
    note: str = ""


@dataclass(frozen=True)
class ScopeChoices:
    """One page of them."""

    rows: Sequence[ScopeChoice]
    total: int
    more: bool


def kinds_for(actor: Actor, role: Role) -> Sequence[ScopeKind]:
    """The kinds of things that `actor` may give `role` for; only the command of a whole site gives it there."""
    reaches = reaches_to_grant(actor, role)
    if reaches is None:
        return ()
    everywhere = all(each.reach.everywhere for each in reaches)
    return tuple(
        kind
        for kind in ROLES[role].scopes
        if everywhere
        or kind in TABLES
        or (kind is ScopeKind.LANGUAGE and any(each.reach.languages for each in reaches))
    )


def has_choices(actor: Actor, role: Role, kind: ScopeKind) -> bool:
    """Whether there is anything of `kind` that `actor` may give `role` for. 1 statement at most."""
    if kind not in TABLES:
        return True
    conditions = [contained(kind, each) for each in reaches_to_grant(actor, role) or ()]
    return db.session.execute(select(TABLES[kind].id).where(*conditions).limit(1)).first() is not None


def scope_choices(actor: Actor, role: Role, kind: ScopeKind, typed: str = "", page: int = 1) -> ScopeChoices:
    """What `actor` may give `role` for, by name; `typed` looks for some. 2 statements at most."""
    if kind not in kinds_for(actor, role):
        return ScopeChoices((), 0, False)
    wanted = fold(typed)
    found = [choice for choice, text in _all_choices(actor, role, kind) if wanted in text]
    shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    return ScopeChoices(shown, len(found), len(found) > page * PER_PAGE)


def _all_choices(actor: Actor, role: Role, kind: ScopeKind) -> list[tuple[ScopeChoice, str]]:
    if kind is ScopeKind.SITE:
        return [(ScopeChoice(key_of(Scope()), ""), "")]
    if kind is ScopeKind.LANGUAGE:
        return [
            (ScopeChoice(key_of(Scope(kind, tag)), name), fold(f"{tag} {name}"))
            for tag, name in translation_languages().items()
        ]
    table = TABLES[kind]
    conditions = [contained(kind, each) for each in reaches_to_grant(actor, role) or ()]
    if kind is ScopeKind.CONTRACT:
        statement = select(Contract.id, Contract.short_title, Contract.territory.label("note"))
    elif kind is ScopeKind.COMMUNE:
        kept = select(ContractCommune.commune_id).where(ContractCommune.retired_at.is_(None))
        statement = select(Commune.id, Commune.name, Commune.slug.label("note")).where(Commune.id.in_(kept))
    else:
        statement = (
            select(
                table.id,
                table.name,
                Contract.short_title.label("note"),
                Contract.period_start,
                Contract.period_end,
            )
            .join(Contract, Contract.id == table.contract_id)
            .where(table.retired_at.is_(None))
        )
    rows = db.session.execute(statement.where(*conditions)).all()
    notes = {row[0]: "" if kind is ScopeKind.COMMUNE else row.note for row in rows}
    if kind is ScopeKind.QUARTIER:
        # The same name may stand in several towns, and in the contracts of several years.
        towns = _communes_of_quartiers()
        notes = {
            number: " · ".join(filter(None, (towns.get(number), note))) for number, note in notes.items()
        }
    found = []
    for row in rows:
        over = "period_end" in row._mapping and is_over(row.period_end, clock.today())
        name = apart(row.name, row.period_start, row.period_end, clock.today()) if over else row[1]
        found.append((over, ScopeChoice(key_of(Scope(kind, row[0])), name, notes[row[0]])))
    # What belongs to a contract that is over comes last.
    found.sort(key=lambda each: (each[0], fold(each[1].name), each[1].note))
    return [(choice, fold(f"{choice.name} {choice.note}")) for _over, choice in found]


def _communes_of_quartiers() -> dict[int, str]:
    links = quartier_commune.c
    towns: dict[int, list[str]] = {}
    for quartier_id, name in db.session.execute(
        select(links.quartier_id, Commune.name)
        .join(Commune, Commune.id == links.commune_id)
        .order_by(links.quartier_id, links.position)
    ):
        towns.setdefault(quartier_id, []).append(name)
    return {quartier_id: " · ".join(names) for quartier_id, names in towns.items()}
