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
    POSTCODE,
    SLUG,
    WORD,
    Calendar,
    Euros,
    Flag,
    ListOf,
    OneOf,
    RecordOf,
    Text,
    Whole,
    to_json,
)
from cdv_civic.territory import vocabulary

FORMAT: Final = "contrat-de-ville/1"

Slug = Annotated[str, SLUG]
Code = Annotated[str, CODE]
OneLine = Annotated[str, Text()]
Line = Annotated[int, Whole(1)]
Slugs = Annotated[tuple[str, ...], ListOf(SLUG)]
OneLines = Annotated[tuple[str, ...], ListOf(Text())]
Departements = Annotated[tuple[str, ...], ListOf(DEPARTEMENT, at_least=1)]
MaybeOneLine = Annotated[str | None, Text()]
MaybeLine = Annotated[int | None, Whole(1)]
MaybeYear = Annotated[int | None, Whole(1900, 2100)]
MaybeDepartements = Annotated[tuple[str, ...] | None, ListOf(DEPARTEMENT, at_least=1)]
MaybePeriod = Annotated[str | None, Calendar(partial=True)]
MaybeDay = Annotated[str | None, Calendar()]
MaybeSlug = Annotated[str | None, SLUG]
MaybeCode = Annotated[str | None, CODE]


@dataclass(frozen=True, slots=True)
class PackSource:
    """The document a contract was read from."""

    document: OneLine
    dated: MaybePeriod = None
    signed_on: MaybeDay = None


@dataclass(frozen=True, slots=True)
class PackContract:
    """The contract itself. Its period is given by years or dates; the end is the last day of what is written."""

    slug: Slug
    title: OneLine
    short_title: OneLine
    territory: OneLine
    period_start: Annotated[str, Calendar(partial=True)]
    period_end: Annotated[str, Calendar(partial=True)]
    departments: Departements
    source: Annotated[PackSource, RecordOf(PackSource)]
    notes: MaybeOneLine = None


@dataclass(frozen=True, slots=True)
class PackCommune:
    """A commune: the same one in every contract that names its slug."""

    slug: Slug
    name: OneLine
    department: Annotated[str | None, DEPARTEMENT] = None
    postcodes: Annotated[tuple[str, ...] | None, ListOf(POSTCODE, at_least=1)] = None
    #: In other languages: people find their quartier by the town as they write it.
    other_names: Annotated[tuple[str, ...] | None, ListOf(Text(), at_least=1)] = None


@dataclass(frozen=True, slots=True)
class PackOrganisation:
    """A signatory, holder or partner, as one contract names it."""

    slug: Slug
    name: OneLine
    kind: Annotated[str, OneOf(tuple(vocabulary.ORGANISATION_KINDS))]
    signatory: Annotated[bool, Flag()]
    aliases: OneLines
    departments: MaybeDepartements = None
    line: MaybeLine = None


@dataclass(frozen=True, slots=True)
class PackPopulation:
    """A count of residents, with its year and source where given."""

    value: Annotated[int, Whole(0)]
    year: MaybeYear = None
    source: MaybeOneLine = None


@dataclass(frozen=True, slots=True)
class PackFigure:
    """A figure of a quartier's own sheet, as text."""

    name: OneLine
    value: OneLine
    year: MaybeYear = None


@dataclass(frozen=True, slots=True)
class PackQuartier:
    """A quartier, over one commune or several."""

    slug: Slug
    name: OneLine
    kind: Annotated[str, OneOf(tuple(vocabulary.QUARTIER_KINDS))]
    communes: Slugs
    aliases: OneLines
    line: Line
    population: Annotated[PackPopulation | None, RecordOf(PackPopulation)] = None
    population_text: MaybeOneLine = None
    sector: MaybeOneLine = None
    bailleurs: Annotated[tuple[str, ...] | None, ListOf(SLUG)] = None
    figures: Annotated[
        tuple[PackFigure, ...] | None, ListOf(RecordOf(PackFigure), at_least=1, unique=False)
    ] = None
    notes: MaybeOneLine = None


#: Those that a document can have.
_TREES: Final = tuple(code for code in vocabulary.TREES if code != vocabulary.BORN_TREE)


@dataclass(frozen=True, slots=True)
class PackAxis:
    """A node of one of the contract's trees."""

    code: Code
    title: OneLine
    kind: Annotated[str, WORD]
    tree: Annotated[str, OneOf(_TREES)]
    line: Line
    short_title: MaybeOneLine = None
    parent: MaybeCode = None
    commune: MaybeSlug = None
    quartier: MaybeSlug = None


@dataclass(frozen=True, slots=True)
class PackDeadline:
    """The source's words, and a date only where they really give an end."""

    text: OneLine
    date: MaybeDay = None


@dataclass(frozen=True, slots=True)
class PackBudget:
    """The source's words, and one amount of them with how certain it is."""

    text: OneLine
    amount_eur: Annotated[float | None, Euros()] = None
    certainty: Annotated[str | None, OneOf(tuple(vocabulary.CERTAINTIES))] = None


@dataclass(frozen=True, slots=True)
class PackCommitment:
    """What somebody promised, or only thinks of: see its nature."""

    code: Code
    title: Annotated[str, Text(140)]
    nature: Annotated[str, OneOf(tuple(vocabulary.NATURES))]
    axes: Annotated[tuple[str, ...], ListOf(CODE, at_least=1)]
    holders: Slugs
    partners: Slugs
    quartiers: Slugs
    communes: Slugs
    indicators: Annotated[tuple[str, ...], ListOf(CODE)]
    lines: Annotated[tuple[int, ...], ListOf(Whole(1), at_least=1)]
    partners_text: Annotated[tuple[str, ...] | None, ListOf(Text(), at_least=1)] = None
    deadline: Annotated[PackDeadline | None, RecordOf(PackDeadline)] = None
    recurrence: MaybeOneLine = None
    condition: MaybeOneLine = None
    budget: Annotated[PackBudget | None, RecordOf(PackBudget)] = None
    status_text: MaybeOneLine = None


@dataclass(frozen=True, slots=True)
class PackIndicator:
    """What is measured, for an axis or the whole contract."""

    code: Code
    name: OneLine
    family: Annotated[str, OneOf(tuple(vocabulary.INDICATOR_FAMILIES))]
    value_kind: Annotated[str, OneOf(tuple(vocabulary.VALUE_KINDS))]
    quartiers: Slugs
    line: Line
    unit: MaybeOneLine = None
    axis: MaybeCode = None
    baseline: MaybeOneLine = None
    target: MaybeOneLine = None
    source: MaybeOneLine = None


@dataclass(frozen=True, slots=True)
class PackBody:
    """A place or instance of participation."""

    slug: Slug
    name: OneLine
    kind: Annotated[str, OneOf(tuple(vocabulary.BODY_KINDS))]
    communes: Slugs
    quartiers: Slugs
    line: Line
    rules: MaybeOneLine = None
    active: Annotated[bool | None, Flag()] = None


@dataclass(frozen=True, slots=True)
class Pack:
    """One contract, whole and checked."""

    format: Annotated[str, OneOf((FORMAT,))]
    contract: Annotated[PackContract, RecordOf(PackContract)]
    communes: Annotated[tuple[PackCommune, ...], ListOf(RecordOf(PackCommune), at_least=1, unique=False)]
    organisations: Annotated[tuple[PackOrganisation, ...], ListOf(RecordOf(PackOrganisation), unique=False)]
    quartiers: Annotated[tuple[PackQuartier, ...], ListOf(RecordOf(PackQuartier), unique=False)]
    axes: Annotated[tuple[PackAxis, ...], ListOf(RecordOf(PackAxis), at_least=1, unique=False)]
    commitments: Annotated[tuple[PackCommitment, ...], ListOf(RecordOf(PackCommitment), unique=False)]
    indicators: Annotated[tuple[PackIndicator, ...], ListOf(RecordOf(PackIndicator), unique=False)]
    bodies: Annotated[tuple[PackBody, ...], ListOf(RecordOf(PackBody), unique=False)]

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
