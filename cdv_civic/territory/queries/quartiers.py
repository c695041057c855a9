"""One quartier."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel.speaklater import LazyString
from sqlalchemy import (
    BindParameter,
    Boolean,
    CompoundSelect,
    Integer,
    String,
    bindparam,
    cast,
    literal,
    null,
    select,
    union_all,
)

from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.territory.models import (
    Body,
    Commune,
    Contract,
    Organisation,
    Quartier,
    QuartierFigure,
    QuartierPopulation,
    body_commune,
    body_quartier,
    quartier_commune,
    quartier_landlord,
)
from cdv_civic.territory.queries.directory import CommuneName
from cdv_civic.territory.rules import figure_is_public, figure_name, is_over, said_share, stated_population
from cdv_civic.territory.vocabulary import (
    BODY_KINDS,
    ORGANISATION_KINDS,
    RESIDENTS_BODY_KINDS,
    CodedTerm,
    source_words,
)


@dataclass(frozen=True, slots=True)
class NamedQuartier:
    """A quartier, for pages about something else in it."""

    id: int
    slug: str
    name: str
    #: The slug of its contract.
    contract: str


def quartier_named(slug: str) -> NamedQuartier | None:
    """A quartier by its address; 1 statement."""
    row = rows_of(
        select(Quartier.id, Quartier.slug, Quartier.name, Contract.slug)
        .join(Contract, Contract.id == Quartier.contract_id)
        .where(Quartier.slug == slug)
    ).one_or_none()
    return NamedQuartier(*row) if row is not None else None


@dataclass(frozen=True, slots=True)
class Population:
    """How many people live there, of which year, by which source. One quartier's: never to be added."""

    value: int
    year: int | None
    source: str | LazyString | None


@dataclass(frozen=True, slots=True)
class Share:
    """A harmless share of the people who live there: about `part` in `whole`."""

    name: str
    #: As the document writes it: « 37,4 % ».
    value: str
    part: int
    whole: int
    year: int | None


@dataclass(frozen=True, slots=True)
class Representation:
    """A body where residents sit or are heard. `active` is None where the document does not tell."""

    slug: str
    name: str
    kind: CodedTerm
    active: bool | None
    #: For the whole town; the document names no quartier.
    of_town: bool


@dataclass(frozen=True, slots=True)
class Landlord:
    """Who owns social housing there."""

    slug: str
    name: str
    kind: CodedTerm


@dataclass(frozen=True)
class QuartierFacts:
    """What is known of a quartier itself. All but its name, kind and contract may be missing."""

    id: int
    slug: str
    name: str
    aliases: tuple[str, ...]
    kind: str
    communes: tuple[CommuneName, ...]
    contract_id: int
    contract: str
    contract_title: str
    period_start: str
    period_end: str
    #: The contract is over.
    older: bool
    retired_on: date | None
    populations: tuple[Population, ...]
    population_text: str | None
    shares: tuple[Share, ...]
    bodies: tuple[Representation, ...]
    landlords: tuple[Landlord, ...]


# Statements are made once: making one takes longer than running it.
_QUARTIER: BindParameter[int] = bindparam("quartier")
#: What communes, bodies and landlords have none of: a value, its year, its source.
_NO_NUMBER = (
    cast(null(), String).label("value"),
    cast(null(), Integer).label("year"),
    cast(null(), String).label("source"),
)
_COMMUNES = (
    select(
        literal("commune").label("what"),
        quartier_commune.c.position.label("position"),
        Commune.slug.label("slug"),
        Commune.name.label("name"),
        cast(null(), String).label("kind"),
        cast(null(), Boolean).label("active"),
        *_NO_NUMBER,
    )
    .select_from(quartier_commune)
    .join(Commune, Commune.id == quartier_commune.c.commune_id)
    .where(quartier_commune.c.quartier_id == _QUARTIER)
)
_BODIES = (
    select(literal("body"), Body.position, Body.slug, Body.name, Body.kind, Body.active, *_NO_NUMBER)
    .join(body_quartier, body_quartier.c.body_id == Body.id)
    .where(
        body_quartier.c.quartier_id == _QUARTIER,
        Body.retired_at.is_(None),
        Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)),
    )
)
_TOWN_BODIES = select(
    literal("town body"), Body.position, Body.slug, Body.name, Body.kind, Body.active, *_NO_NUMBER
).where(
    Body.contract_id == select(Quartier.contract_id).where(Quartier.id == _QUARTIER).scalar_subquery(),
    Body.id.in_(
        select(body_commune.c.body_id)
        .join(quartier_commune, quartier_commune.c.commune_id == body_commune.c.commune_id)
        .where(quartier_commune.c.quartier_id == _QUARTIER)
    ),
    Body.id.not_in(select(body_quartier.c.body_id)),
    Body.retired_at.is_(None),
    Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)),
)
_LANDLORDS = (
    select(
        literal("landlord"),
        quartier_landlord.c.position,
        Organisation.slug,
        Organisation.name,
        Organisation.kind,
        cast(null(), Boolean),
        *_NO_NUMBER,
    )
    .select_from(quartier_landlord)
    .join(Organisation, Organisation.id == quartier_landlord.c.organisation_id)
    .where(quartier_landlord.c.quartier_id == _QUARTIER, Organisation.retired_at.is_(None))
)
_POPULATIONS = select(
    literal("population"),
    QuartierPopulation.id,
    *(cast(null(), String) for _column in ("slug", "name", "kind")),
    cast(null(), Boolean),
    cast(QuartierPopulation.value, String),
    QuartierPopulation.year,
    QuartierPopulation.source,
).where(QuartierPopulation.quartier_id == _QUARTIER)
_FIGURES = select(
    literal("figure"),
    QuartierFigure.position,
    cast(null(), String),
    QuartierFigure.name,
    cast(null(), String),
    cast(null(), Boolean),
    QuartierFigure.value,
    QuartierFigure.year,
    cast(null(), String),
).where(QuartierFigure.quartier_id == _QUARTIER)
_ABOUT: CompoundSelect[Any] = union_all(_COMMUNES, _BODIES, _TOWN_BODIES, _LANDLORDS, _POPULATIONS, _FIGURES)
_FACTS: Any = (
    select(
        Quartier.id,
        Quartier.slug,
        Quartier.name,
        Quartier.aliases,
        Quartier.kind,
        Quartier.population_text,
        Quartier.retired_at,
        Quartier.contract_id,
        Contract.slug.label("contract"),
        Contract.short_title,
        Contract.period_start,
        Contract.period_end,
    )
    .join(Contract, Contract.id == Quartier.contract_id)
    .where(Quartier.slug == bindparam("slug"))
)


def quartier_facts(slug: str) -> QuartierFacts | None:
    """A quartier by its slug, also one that has left its contract; 2 statements."""
    row = rows_of(_FACTS, {"slug": slug}).first()
    if row is None:
        return None
    about = rows_of(_ABOUT, {"quartier": row.id}).all()
    communes, bodies, landlords = _around(about)
    populations, shares = _numbers(about)
    stated = stated_population(row.population_text) if row.population_text else None
    if stated is not None and not populations:
        populations = (Population(stated, None, None),)
    return QuartierFacts(
        id=row.id,
        slug=row.slug,
        name=row.name,
        aliases=tuple(row.aliases),
        kind=row.kind,
        communes=communes,
        contract_id=row.contract_id,
        contract=row.contract,
        contract_title=row.short_title,
        period_start=row.period_start,
        period_end=row.period_end,
        older=is_over(row.period_end, clock.today()),
        retired_on=row.retired_at.date() if row.retired_at else None,
        populations=populations,
        population_text=row.population_text if stated is None else None,
        shares=shares,
        bodies=bodies,
        landlords=landlords,
    )


def _around(
    about: Sequence[Any],
) -> tuple[tuple[CommuneName, ...], tuple[Representation, ...], tuple[Landlord, ...]]:
    """Its communes, the bodies where residents are heard, its landlords."""
    named = [row for row in about if row.what not in ("population", "figure")]
    rows = sorted(named, key=lambda row: (row.position, row.name))
    return (
        tuple(CommuneName(row.slug, row.name) for row in rows if row.what == "commune"),
        tuple(
            Representation(row.slug, row.name, BODY_KINDS[row.kind], row.active, what == "town body")
            for what in ("body", "town body")
            for row in rows
            if row.what == what
        ),
        tuple(
            Landlord(row.slug, row.name, ORGANISATION_KINDS[row.kind])
            for row in rows
            if row.what == "landlord"
        ),
    )


def _numbers(about: Sequence[Any]) -> tuple[tuple[Population, ...], tuple[Share, ...]]:
    """Its populations, the latest year first, and the shares that may be shown.

    A quartier in two communes has two sheets with the same lines, both for the whole: each is said once.
    """
    rows = sorted(about, key=lambda row: row.position)
    people = [
        Population(int(row.value), row.year, source_words(row.source))
        for row in rows
        if row.what == "population"
    ]
    shares: dict[str, Share] = {}
    for row in rows:
        if row.what != "figure" or not figure_is_public(row.name):
            continue
        name, share = figure_name(row.name), said_share(row.value)
        if share is not None and name not in shares:
            shares[name] = Share(name, row.value, *share, row.year)
    people.sort(key=lambda one: one.year or 0, reverse=True)
    return tuple(people), tuple(shares.values())
