"""The format `contrat-de-ville/1`: the rows of a contract pack, each field beside its rule.

Domain words are explained in the models; the closed lists of words are those of `territory.vocabulary`. Every
reference is a slug or a code of the same pack. A field that may be absent is None, which differs from an
empty list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from cdv_civic.packs.grammar import (
    CODE,
    DEPARTEMENT,
    SLUG,
    WORD,
    Calendar,
    Choice,
    Euros,
    Flag,
    ListOf,
    RecordOf,
    Text,
    Whole,
    to_json,
)
from cdv_civic.territory import vocabulary

FORMAT: Final = "contrat-de-ville/1"

Slug = Annotated[str, SLUG]
Code = Annotated[str, CODE]
Words = Annotated[str, Text()]
Line = Annotated[int, Whole(1)]
Slugs = Annotated[tuple[str, ...], ListOf(SLUG)]
Names = Annotated[tuple[str, ...], ListOf(Text())]
Departements = Annotated[tuple[str, ...], ListOf(DEPARTEMENT, at_least=1)]
MaybeWords = Annotated[str | None, Text()]
MaybeLine = Annotated[int | None, Whole(1)]
MaybeYear = Annotated[int | None, Whole(1900, 2100)]
MaybeDepartements = Annotated[tuple[str, ...] | None, ListOf(DEPARTEMENT, at_least=1)]
MaybePeriod = Annotated[str | None, Calendar(partial=True)]
MaybeDay = Annotated[str | None, Calendar()]
MaybeSlug = Annotated[str | None, SLUG]
MaybeCode = Annotated[str | None, CODE]


@dataclass(frozen=True, slots=True)
class Source:
    """The document a contract was read from."""

    document: Words
    dated: MaybePeriod = None
    signed_on: MaybeDay = None


@dataclass(frozen=True, slots=True)
class Contract:
    """The contract itself. Its period is given by years or dates; the end is the last day of what is written."""

    slug: Slug
    title: Words
    short_title: Words
    territory: Words
    period_start: Annotated[str, Calendar(partial=True)]
    period_end: Annotated[str, Calendar(partial=True)]
    departments: Departements
    source: Annotated[Source, RecordOf(Source)]
    notes: MaybeWords = None


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune: the same one in every contract that names its slug."""

    slug: Slug
    name: Words
    department: Annotated[str | None, DEPARTEMENT] = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """A signatory, holder or partner, as one contract names it."""

    slug: Slug
    name: Words
    kind: Annotated[str, Choice(tuple(vocabulary.ORGANISATION_KINDS))]
    signatory: Annotated[bool, Flag()]
    aliases: Names
    departments: MaybeDepartements = None
    line: MaybeLine = None


@dataclass(frozen=True, slots=True)
class Population:
    """A count of residents, with its year and source where given."""

    value: Annotated[int, Whole(0)]
    year: MaybeYear = None
    source: MaybeWords = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a quartier's own sheet, as text."""

    name: Words
    value: Words
    year: MaybeYear = None


@dataclass(frozen=True, slots=True)
class Quartier:
    """A quartier, over one commune or several."""

    slug: Slug
    name: Words
    kind: Annotated[str, Choice(tuple(vocabulary.QUARTIER_KINDS))]
    communes: Slugs
    aliases: Names
    line: Line
    population: Annotated[Population | None, RecordOf(Population)] = None
    population_text: MaybeWords = None
    sector: MaybeWords = None
    bailleurs: Annotated[tuple[str, ...] | None, ListOf(SLUG)] = None
    figures: Annotated[tuple[Figure, ...] | None, ListOf(RecordOf(Figure), at_least=1, unique=False)] = None
    notes: MaybeWords = None


@dataclass(frozen=True, slots=True)
class Axis:
    """A node of one of the contract's trees."""

    code: Code
    title: Words
    kind: Annotated[str, WORD]
    tree: Annotated[str, Choice(tuple(vocabulary.TREES))]
    line: Line
    short_title: MaybeWords = None
    parent: MaybeCode = None
    commune: MaybeSlug = None
    quartier: MaybeSlug = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """The source's words, and a date only where they really give an end."""

    text: Words
    date: MaybeDay = None


@dataclass(frozen=True, slots=True)
class Budget:
    """The source's words, and one amount of them with how certain it is."""

    text: Words
    amount_eur: Annotated[float | None, Euros()] = None
    certainty: Annotated[str | None, Choice(tuple(vocabulary.CERTAINTIES))] = None


@dataclass(frozen=True, slots=True)
class Commitment:
    """What somebody promised, or only thinks of: see its nature."""

    code: Code
    title: Annotated[str, Text(140)]
    nature: Annotated[str, Choice(tuple(vocabulary.NATURES))]
    axes: Annotated[tuple[str, ...], ListOf(CODE, at_least=1)]
    holders: Slugs
    partners: Slugs
    quartiers: Slugs
    communes: Slugs
    indicators: Annotated[tuple[str, ...], ListOf(CODE)]
    lines: Annotated[tuple[int, ...], ListOf(Whole(1), at_least=1)]
    partners_text: Annotated[tuple[str, ...] | None, ListOf(Text(), at_least=1)] = None
    deadline: Annotated[Deadline | None, RecordOf(Deadline)] = None
    recurrence: MaybeWords = None
    condition: MaybeWords = None
    budget: Annotated[Budget | None, RecordOf(Budget)] = None
    status_text: MaybeWords = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is measured, for an axis or the whole contract."""

    code: Code
    name: Words
    family: Annotated[str, Choice(tuple(vocabulary.INDICATOR_FAMILIES))]
    value_kind: Annotated[str, Choice(tuple(vocabulary.VALUE_KINDS))]
    quartiers: Slugs
    line: Line
    unit: MaybeWords = None
    axis: MaybeCode = None
    baseline: MaybeWords = None
    target: MaybeWords = None
    source: MaybeWords = None


@dataclass(frozen=True, slots=True)
class Body:
    """A place or instance of participation."""

    slug: Slug
    name: Words
    kind: Annotated[str, Choice(tuple(vocabulary.BODY_KINDS))]
    communes: Slugs
    quartiers: Slugs
    line: Line
    rules: MaybeWords = None
    active: Annotated[bool | None, Flag()] = None


@dataclass(frozen=True, slots=True)
class Pack:
    """One contract, whole and checked."""

    format: Annotated[str, Choice((FORMAT,))]
    contract: Annotated[Contract, RecordOf(Contract)]
    communes: Annotated[tuple[Commune, ...], ListOf(RecordOf(Commune), at_least=1, unique=False)]
    organisations: Annotated[tuple[Organisation, ...], ListOf(RecordOf(Organisation), unique=False)]
    quartiers: Annotated[tuple[Quartier, ...], ListOf(RecordOf(Quartier), unique=False)]
    axes: Annotated[tuple[Axis, ...], ListOf(RecordOf(Axis), at_least=1, unique=False)]
    commitments: Annotated[tuple[Commitment, ...], ListOf(RecordOf(Commitment), unique=False)]
    indicators: Annotated[tuple[Indicator, ...], ListOf(RecordOf(Indicator), unique=False)]
    bodies: Annotated[tuple[Body, ...], ListOf(RecordOf(Body), unique=False)]

    def to_json(self) -> dict[str, Any]:
        """The pack as JSON values, equal to those of its file."""
        return to_json(self)


#: The kinds of rows, in the order in which they refer to each other, with the key that names a row.
ROW_KEYS: Final = {
    "communes": "slug",
    "organisations": "slug",
    "quartiers": "slug",
    "axes": "code",
    "indicators": "code",
    "commitments": "code",
    "bodies": "slug",
}
