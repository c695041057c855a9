"""What pages read of the help in other languages."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import current_app
from sqlalchemy import ColumnElement, and_, or_, select

from cdv_civic.core.db import db, rows_of
from cdv_civic.core.i18n.catalogues import catalogue_state
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.policy.model import Location, Reach, Touched
from cdv_civic.language_help.models import LanguageHelp
from cdv_civic.language_help.rules import readers_first
from cdv_civic.territory.models import Commune, Contract, ContractCommune, Quartier, quartier_commune
from cdv_civic.territory.scopes import contracts_touched

#: More than this on one page would not be read: then the page asks for a town.
MOST_SHOWN: Final = 60
_KEPT: Final = "language_help_languages"


@dataclass(frozen=True, slots=True)
class Service:
    """A service as residents read it."""

    id: int
    kind: str
    service: str
    what: Words
    spoken: tuple[str, ...]
    place: str | None
    hours: Words | None
    phone: str | None
    checked_on: date
    #: Where it serves: the name of a quartier or a commune, else of the contract.
    serves: str


@dataclass(frozen=True, slots=True)
class Services:
    """Those of one page; `more`: there are others."""

    shown: tuple[Service, ...]
    more: bool


def services(
    language: str, *, spoken: str | None = None, place: ColumnElement[bool] | None = None
) -> Services:
    """The services that may be read, those that speak the reader's language first; 1 statement.

    `spoken`: only those that speak it. `place`: only those that serve there (`in_commune`, `in_quartier`).
    """
    what, hours = (
        Localized("what", LanguageHelp.what_id, language),
        Localized("hours", LanguageHelp.hours_id, language),
    )
    statement: Any = (
        select(
            LanguageHelp.id,
            LanguageHelp.kind,
            LanguageHelp.service,
            LanguageHelp.spoken,
            LanguageHelp.place,
            LanguageHelp.phone,
            LanguageHelp.checked_on,
            Contract.short_title,
            Commune.name.label("commune"),
            Quartier.name.label("quartier"),
            *what.columns,
            *hours.columns,
        )
        .join(Contract, Contract.id == LanguageHelp.contract_id)
        .outerjoin(Commune, Commune.id == LanguageHelp.commune_id)
        .outerjoin(Quartier, Quartier.id == LanguageHelp.quartier_id)
        .where(LanguageHelp.withdrawn_at.is_(None), *([] if place is None else [place]))
        .order_by(Contract.id, LanguageHelp.service, LanguageHelp.id)
    )
    found = [
        Service(
            row.id,
            row.kind,
            row.service,
            what.words(row),
            tuple(row.spoken),
            row.place,
            hours.words_or_none(row),
            row.phone,
            row.checked_on,
            row.quartier or row.commune or row.short_title,
        )
        for row in rows_of(hours.join(what.join(statement), optional=True))
    ]
    speaking = readers_first([each for each in found if spoken is None or spoken in each.spoken], language)
    return Services(tuple(speaking[:MOST_SHOWN]), more=len(speaking) > MOST_SHOWN)


def in_commune(slug: str) -> ColumnElement[bool]:
    """The condition that a service serves a commune, one of its quartiers, or a contract that it is in."""
    commune = select(Commune.id).where(Commune.slug == slug).scalar_subquery()
    contracts = select(ContractCommune.contract_id).where(ContractCommune.commune_id == commune)
    quartiers = select(quartier_commune.c.quartier_id).where(quartier_commune.c.commune_id == commune)
    return or_(
        LanguageHelp.commune_id == commune,
        LanguageHelp.quartier_id.in_(quartiers),
        and_(_whole_contract(), LanguageHelp.contract_id.in_(contracts)),
    )


def in_quartier(slug: str) -> ColumnElement[bool]:
    """The condition that a service serves a quartier, a commune that it lies in, or its contract."""
    quartier = select(Quartier.id).where(Quartier.slug == slug).scalar_subquery()
    communes = select(quartier_commune.c.commune_id).where(quartier_commune.c.quartier_id == quartier)
    contracts = select(Quartier.contract_id).where(Quartier.slug == slug)
    return or_(
        LanguageHelp.quartier_id == quartier,
        LanguageHelp.commune_id.in_(communes),
        and_(_whole_contract(), LanguageHelp.contract_id.in_(contracts)),
    )


def _whole_contract() -> ColumnElement[bool]:
    return and_(LanguageHelp.commune_id.is_(None), LanguageHelp.quartier_id.is_(None))


def languages_offered() -> tuple[str, ...]:
    """The languages that somebody speaks, kept in memory; 1 statement where something of the whole site was published
    since.

    A link to the page stands on every page, so that its acts publish for the whole site: the number of that tag, which
    each page has asked for already, tells whether it is right (as it does for catalogues), without a statement. Nothing
    that other acts change may be kept so.
    """
    state = catalogue_state()
    known: tuple[int | None, tuple[str, ...]] | None = current_app.extensions.get(_KEPT)
    if known is not None and state is not None and known[0] == state:
        return known[1]
    spoken: set[str] = set()
    for languages in db.session.execute(select(LanguageHelp.spoken).where(_live())).scalars():
        spoken.update(languages)
    found = tuple(sorted(spoken))
    current_app.extensions[_KEPT] = (state, found)
    return found


def communes_offered() -> list[tuple[str, str]]:
    """Slug and name of the communes of the contracts that have a service; 1 statement."""
    communes = (
        select(Commune.slug, Commune.name)
        .join(ContractCommune, ContractCommune.commune_id == Commune.id)
        .where(
            ContractCommune.contract_id.in_(select(LanguageHelp.contract_id).where(_live())),
            ContractCommune.retired_at.is_(None),
        )
        .distinct()
        .order_by(Commune.name)
    )
    return [(row.slug, row.name) for row in db.session.execute(communes)]


def _live() -> ColumnElement[bool]:
    return LanguageHelp.withdrawn_at.is_(None)


def is_there_help(language: str, source: str) -> bool:
    """Whether the page has something for readers of a language; of the `source`, which readers of all others fall back
    to, whether it has anything at all. No statement on a page that asks the database nothing.
    """
    if catalogue_state() is None:
        return False
    found = languages_offered()
    return bool(found) if language == source else language in found


@dataclass(frozen=True, slots=True)
class HelpContract:
    """A contract whose services somebody may edit."""

    id: int
    slug: str
    title: str


def contracts_with_help(reach: Reach) -> list[HelpContract]:
    """The contracts of which something lies within reach; 1 statement."""
    found = select(Contract.id, Contract.slug, Contract.short_title).where(contracts_touched(reach))
    return [HelpContract(*row) for row in rows_of(found.order_by(Contract.period_end.desc(), Contract.id))]


@dataclass(frozen=True, slots=True)
class ServedPlace:
    """Whom a service can serve: a whole contract, a commune, a quartier."""

    code: str  #: "contract", "commune:3", "quartier:5"
    name: str
    touched: Touched


def served_places(contract: HelpContract, reach: Reach, *, retired: bool = False) -> list[ServedPlace]:
    """The places of a contract that lie within reach: itself, its communes, its quartiers; 3 statements.

    With `retired`: also those that are in it no more, which a service of before may serve.
    """
    communes = (
        select(Commune.id, Commune.name)
        .join(ContractCommune, ContractCommune.commune_id == Commune.id)
        .where(
            ContractCommune.contract_id == contract.id,
            *([] if retired else [ContractCommune.retired_at.is_(None)]),
        )
        .order_by(Commune.name)
    )
    quartiers = (
        select(Quartier.id, Quartier.name)
        .where(Quartier.contract_id == contract.id, *([] if retired else [Quartier.retired_at.is_(None)]))
        .order_by(Quartier.name, Quartier.id)
    )
    links = (
        select(quartier_commune.c.quartier_id, quartier_commune.c.commune_id)
        .join(Quartier, Quartier.id == quartier_commune.c.quartier_id)
        .where(Quartier.contract_id == contract.id)
    )
    lies: dict[int, set[int]] = {}
    for quartier_id, commune_id in db.session.execute(links):
        lies.setdefault(quartier_id, set()).add(commune_id)
    found = [ServedPlace("contract", contract.title, Touched(contract=contract.id))]
    found += [
        ServedPlace(f"commune:{row.id}", row.name, in_town(contract.id, row.id)) for row in rows_of(communes)
    ]
    found += [
        ServedPlace(
            f"quartier:{row.id}",
            row.name,
            Touched(
                contract=contract.id,
                places=(Location(frozenset(lies.get(row.id, ())), frozenset({row.id})),),
            ),
        )
        for row in rows_of(quartiers)
    ]
    return [each for each in found if reach.touches(each.touched)]


def in_town(contract_id: int, commune_id: int) -> Touched:
    """What a service for a commune of a contract touches."""
    return Touched(contract=contract_id, places=(Location(communes=frozenset({commune_id})),))


@dataclass(frozen=True, slots=True)
class DeskService:
    """A service at the desk."""

    id: int
    contract_id: int
    kind: str
    service: str
    spoken: tuple[str, ...]
    place: str | None
    phone: str | None
    served: str  #: the code of its `ServedPlace`
    what_id: int
    hours_id: int | None
    checked_on: date
    withdrawn: bool
    version: int


def _desk(row: LanguageHelp) -> DeskService:
    served = (
        f"commune:{row.commune_id}"
        if row.commune_id
        else f"quartier:{row.quartier_id}"
        if row.quartier_id
        else "contract"
    )
    return DeskService(
        row.id,
        row.contract_id,
        row.kind,
        row.service,
        tuple(row.spoken),
        row.place,
        row.phone,
        served,
        row.what_id,
        row.hours_id,
        row.checked_on,
        row.withdrawn_at is not None,
        row.version,
    )


def desk_services(contract_id: int) -> list[DeskService]:
    """All services of a contract, those that were withdrawn last; 1 statement."""
    found = (
        select(LanguageHelp)
        .where(LanguageHelp.contract_id == contract_id)
        .order_by(LanguageHelp.withdrawn_at.is_not(None), LanguageHelp.service, LanguageHelp.id)
    )
    return [_desk(row) for row in db.session.execute(found).scalars()]


def desk_service(help_id: int) -> DeskService | None:
    """One service; 1 statement."""
    row = db.session.get(LanguageHelp, help_id)
    return _desk(row) if row is not None else None
