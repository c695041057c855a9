"""All quartiers and communes of the site: what search and the lists look into."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.text_folding import fold
from cdv_civic.core.web.page_cache import kept
from cdv_civic.core.web.validity import shows_only
from cdv_civic.territory.cache_tags import DIRECTORY
from cdv_civic.territory.models import Commune, Contract, ContractCommune, Quartier, quartier_commune
from cdv_civic.territory.place_search import Finder, Match, SearchableCommune, SearchableQuartier, towns_in
from cdv_civic.territory.rules import is_over

#: As one types, more would not be read.
MOST_SUGGESTIONS: Final = 8


@dataclass(frozen=True, slots=True)
class CommuneName:
    """A commune."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class QuartierName:
    """A quartier as lists show it."""

    slug: str
    name: str
    aliases: tuple[str, ...]
    kind: str
    communes: tuple[CommuneName, ...]
    contract: str
    contract_title: str
    #: Its contract is over: an older perimeter.
    older: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A quartier that search found, and by which other spelling."""

    quartier: QuartierName
    alias: str | None


@dataclass(frozen=True, slots=True)
class CommuneQuartiers:
    """A commune of a contract that runs, and its quartiers there (none is possible)."""

    commune: CommuneName
    quartiers: tuple[QuartierName, ...]


class Directory:
    """All live quartiers of the site, those of contracts that run first. Made once for many pages."""

    def __init__(
        self,
        quartiers: Iterable[QuartierName],
        communes: Iterable[CommuneName],
        searchable: Mapping[str, SearchableCommune],
    ) -> None:
        self.quartiers = tuple(quartiers)
        #: Communes of the contracts that run, by name.
        self.communes = tuple(communes)
        self._searchable = searchable
        self._by_slug = {quartier.slug: quartier for quartier in self.quartiers}
        self._now = self._finder(older=False)
        self._older = self._finder(older=True)
        grouped: dict[str, list[QuartierName]] = defaultdict(list)
        for quartier in self.quartiers:
            for commune in quartier.communes:
                grouped[commune.slug].append(quartier)
        self._by_commune = grouped

    def _finder(self, *, older: bool) -> Finder:
        return Finder(
            [
                SearchableQuartier(
                    quartier.slug,
                    quartier.name,
                    quartier.aliases,
                    tuple(self._searchable[commune.slug] for commune in quartier.communes),
                )
                for quartier in self.quartiers
                if quartier.older is older
            ]
        )

    def _found(self, matches: Iterable[Match]) -> tuple[Found, ...]:
        return tuple(Found(self._by_slug[match.slug], match.alias) for match in matches)

    def look_for(self, typed: str) -> tuple[tuple[Found, ...], tuple[Found, ...]]:
        """The quartiers that match what was typed: of contracts that run, and of older ones."""
        return self._found(self._now.look_for(typed)), self._found(self._older.look_for(typed))

    def towns_in(self, typed: str) -> tuple[CommuneName, ...]:
        """The communes of contracts that run which a longer text names, or whose postcode it holds, by name."""
        named = towns_in(typed, self._searchable)
        return tuple(commune for commune in self.communes if commune.slug in named)

    def commune(self, slug: str) -> CommuneName | None:
        """A commune of a contract that runs, else one that an older quartier lies in."""
        for commune in self.communes:
            if commune.slug == slug:
                return commune
        for quartier in self._by_commune.get(slug, ()):
            for commune in quartier.communes:
                if commune.slug == slug:
                    return commune
        return None

    def quartier(self, slug: str) -> QuartierName | None:
        """A live quartier."""
        return self._by_slug.get(slug)

    def in_commune(self, slug: str, *, older: bool = False) -> tuple[QuartierName, ...]:
        """The quartiers that lie, whole or in part, in a commune."""
        return tuple(quartier for quartier in self._by_commune.get(slug, ()) if quartier.older is older)

    def by_commune(self) -> tuple[CommuneQuartiers, ...]:
        """All communes of the contracts that run, each with its quartiers; a quartier of two stands in both."""
        return tuple(CommuneQuartiers(commune, self.in_commune(commune.slug)) for commune in self.communes)

    def without_commune(self) -> tuple[QuartierName, ...]:
        """The quartiers of contracts that run whose commune no document names."""
        return tuple(one for one in self.quartiers if not one.communes and not one.older)


def directory() -> Directory:
    """The directory, kept in memory; 3 statements where it is made, else none."""
    return kept("directory of quartiers", _read)


def _read() -> Directory:
    shows_only(DIRECTORY)
    today = clock.today()
    lies_in: dict[int, list[CommuneName]] = defaultdict(list)
    places = (
        select(quartier_commune.c.quartier_id, Commune.slug, Commune.name)
        .join(Commune, Commune.id == quartier_commune.c.commune_id)
        .order_by(quartier_commune.c.quartier_id, quartier_commune.c.position, Commune.name)
    )
    for quartier_id, slug, name in rows_of(places):
        lies_in[quartier_id].append(CommuneName(slug, name))
    rows = rows_of(
        select(
            Quartier.id,
            Quartier.slug,
            Quartier.name,
            Quartier.aliases,
            Quartier.kind,
            Contract.slug.label("contract"),
            Contract.short_title,
            Contract.period_end,
        )
        .join(Contract, Contract.id == Quartier.contract_id)
        .where(Quartier.retired_at.is_(None))
    )
    quartiers = [
        QuartierName(
            row.slug,
            row.name,
            tuple(row.aliases),
            row.kind,
            tuple(lies_in[row.id]),
            row.contract,
            row.short_title,
            is_over(row.period_end, today),
        )
        for row in rows
    ]
    members = rows_of(
        select(
            Commune.slug,
            Commune.name,
            Contract.period_end,
            ContractCommune.department,
            ContractCommune.postcodes,
            ContractCommune.other_names,
        )
        .join(ContractCommune, ContractCommune.commune_id == Commune.id)
        .join(Contract, Contract.id == ContractCommune.contract_id)
        .where(ContractCommune.retired_at.is_(None))
    ).all()
    communes = dict.fromkeys(
        CommuneName(row.slug, row.name) for row in members if not is_over(row.period_end, today)
    )
    return Directory(
        sorted(quartiers, key=lambda one: (one.older, fold(one.name), one.slug)),
        sorted(communes, key=lambda one: (fold(one.name), one.slug)),
        _searchable([commune for communes in lies_in.values() for commune in communes], members),
    )


def _searchable(communes: Iterable[CommuneName], members: Iterable[Any]) -> dict[str, SearchableCommune]:
    """By slug, how a commune is found: what all contracts say of it."""
    said: dict[str, list[Any]] = defaultdict(list)
    for row in members:
        said[row.slug].append(row)

    def union(values: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(values))

    return {
        commune.slug: SearchableCommune(
            commune.name,
            union(name for row in said[commune.slug] for name in row.other_names or ()),
            union(row.department for row in said[commune.slug] if row.department),
            union(code for row in said[commune.slug] for code in row.postcodes or ()),
        )
        for commune in dict.fromkeys(communes)
    }
