"""How the rows of a pack lie in the tables: one table of fields for each kind of rows.

The "form" of a row is what the pack's file says, as JSON values; a row of the database can be put in the same form, so
that the file as last imported, the new file and what stands now can be compared field by field.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, Table

from cdv_civic.commitments.models import (
    Commitment,
    Indicator,
    commitment_axis,
    commitment_commune,
    commitment_holder,
    commitment_indicator,
    commitment_partner,
    commitment_quartier,
    indicator_quartier,
)
from cdv_civic.packs.merge import JsonRow
from cdv_civic.territory.models import (
    Axis,
    Body,
    Contract,
    Organisation,
    Quartier,
    body_commune,
    body_quartier,
    quartier_commune,
    quartier_landlord,
)
from cdv_civic.territory.vocabulary import BORN_TREE

#: Ids by name (slug or code), for each kind of rows.
Names = dict[str, dict[str, int]]


def _same(value: Any) -> Any:
    return value


def _cents(euros: float) -> int:
    # Through the decimal writing of the number: 16.15 euros are 1615 cents, not 1614.
    return int((Decimal(str(euros)) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def _euros(cents: int) -> int | float:
    return cents // 100 if cents % 100 == 0 else cents / 100


@dataclass(frozen=True, slots=True)
class ObjectColumn:
    """A value inside an object of the form, and the column that holds it."""

    name: str
    column: str
    to_column: Callable[[Any], Any] = _same
    from_column: Callable[[Any], Any] = _same


@dataclass(frozen=True, slots=True)
class ObjectField:
    """An object of the form, spread over several columns: a deadline, a budget, a source."""

    field: str
    columns: tuple[ObjectColumn, ...]


@dataclass(frozen=True, slots=True)
class ReferenceField:
    """A field that names one row of another kind."""

    field: str
    column: str
    target: str


@dataclass(frozen=True, slots=True)
class LinkField:
    """A field that lists rows of another kind, kept in a table of pairs with the document's order."""

    field: str
    table: Table
    target: str

    @property
    def left(self) -> str:
        """The column of the row that holds the list."""
        return self.table.columns.keys()[0]

    @property
    def right(self) -> str:
        """The column of the row that is listed."""
        return self.table.columns.keys()[1]


@dataclass(frozen=True, slots=True)
class RowKind:
    """A kind of rows: its model, the column that names a row, and where each field lies."""

    name: str
    model: Any
    key: str
    #: Fields that are columns of the same name.
    plain: tuple[str, ...]
    #: Of these, the ones whose column holds an empty list where the form says nothing.
    lists: tuple[str, ...] = ()
    #: The field that is a localized text, and the column of its id.
    text: tuple[str, str] | None = None
    references: tuple[ReferenceField, ...] = ()
    links: tuple[LinkField, ...] = ()
    objects: tuple[ObjectField, ...] = ()
    #: Which of its rows a document can hold; None: all. The others are not touched, nor are links to them.
    documented: ColumnElement[bool] | None = None

    def columns(self, form: JsonRow, names: Names, fields: Collection[str] | None = None) -> dict[str, Any]:
        """The values of the columns that hold the form, or only some fields of it (links and texts apart)."""
        values: dict[str, Any] = {}
        for field in self.plain:
            if fields is None or field in fields:
                value = form.get(field)
                values[field] = [] if value is None and field in self.lists else value
        for reference in self.references:
            if fields is None or reference.field in fields:
                name = form.get(reference.field)
                values[reference.column] = None if name is None else names[reference.target][name]
        for several in self.objects:
            if fields is None or several.field in fields:
                values.update(_split(several, form.get(several.field) or {}))
        return values

    def form(self, row: Mapping[str, Any], names_by_id: Mapping[str, Mapping[int, str]]) -> dict[str, Any]:
        """The form of a row of the database (links and texts apart)."""
        form: dict[str, Any] = {field: row[field] for field in self.plain}
        for reference in self.references:
            target_id = row[reference.column]
            # A row of elsewhere, which only a human can have set, is no row of the file: its id differs from all.
            form[reference.field] = names_by_id[reference.target].get(target_id, target_id)
        for several in self.objects:
            form[several.field] = {
                column.name: column.from_column(row[column.column])
                for column in several.columns
                if row[column.column] is not None
            }
        return form

    def comparable(self, form: JsonRow) -> dict[str, Any]:
        """The form as the columns can hold it: cents at most, and no difference between empty and absent."""
        result = {field: value for field, value in form.items() if value not in (None, [], {}, ())}
        for several in self.objects:
            if several.field in result:
                values = _split(several, result[several.field])
                result[several.field] = {
                    column.name: column.from_column(values[column.column])
                    for column in several.columns
                    if values[column.column] is not None
                }
        result.pop(self.key, None)
        return result


def _split(several: ObjectField, value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        column.column: column.to_column(value[column.name]) if value.get(column.name) is not None else None
        for column in several.columns
    }


CONTRACT: Final = RowKind(
    "contract",
    Contract,
    "slug",
    plain=("short_title", "territory", "period_start", "period_end", "departments", "notes"),
    text=("title", "title_id"),
    objects=(
        ObjectField(
            "source",
            (
                ObjectColumn("document", "source_document"),
                ObjectColumn("dated", "source_dated"),
                ObjectColumn("signed_on", "signed_on", date.fromisoformat, date.isoformat),
            ),
        ),
    ),
)
ORGANISATIONS: Final = RowKind(
    "organisations",
    Organisation,
    "slug",
    plain=("name", "kind", "signatory", "aliases", "departments", "line"),
    lists=("aliases",),
)
QUARTIERS: Final = RowKind(
    "quartiers",
    Quartier,
    "slug",
    plain=("name", "kind", "aliases", "sector", "population_text", "notes", "line"),
    lists=("aliases",),
    links=(
        LinkField("communes", quartier_commune, "communes"),
        LinkField("bailleurs", quartier_landlord, "organisations"),
    ),
)
AXES: Final = RowKind(
    "axes",
    Axis,
    "code",
    plain=("short_title", "kind", "tree", "line"),
    text=("title", "title_id"),
    references=(
        ReferenceField("parent", "parent_id", "axes"),
        ReferenceField("commune", "commune_id", "communes"),
        ReferenceField("quartier", "quartier_id", "quartiers"),
    ),
    documented=Axis.tree != BORN_TREE,
)
INDICATORS: Final = RowKind(
    "indicators",
    Indicator,
    "code",
    plain=("family", "value_kind", "unit", "baseline", "target", "source", "line"),
    text=("name", "name_id"),
    references=(ReferenceField("axis", "axis_id", "axes"),),
    links=(LinkField("quartiers", indicator_quartier, "quartiers"),),
)
COMMITMENTS: Final = RowKind(
    "commitments",
    Commitment,
    "code",
    plain=("nature", "recurrence", "condition", "status_text", "partners_text", "lines"),
    lists=("partners_text", "lines"),
    text=("title", "title_id"),
    links=(
        LinkField("axes", commitment_axis, "axes"),
        LinkField("holders", commitment_holder, "organisations"),
        LinkField("partners", commitment_partner, "organisations"),
        LinkField("quartiers", commitment_quartier, "quartiers"),
        LinkField("communes", commitment_commune, "communes"),
        LinkField("indicators", commitment_indicator, "indicators"),
    ),
    objects=(
        ObjectField(
            "deadline",
            (
                ObjectColumn("text", "deadline_text"),
                ObjectColumn("date", "deadline_date", date.fromisoformat, date.isoformat),
            ),
        ),
        ObjectField(
            "budget",
            (
                ObjectColumn("text", "budget_text"),
                ObjectColumn("amount_eur", "budget_cents", _cents, _euros),
                ObjectColumn("certainty", "budget_certainty"),
            ),
        ),
    ),
)
BODIES: Final = RowKind(
    "bodies",
    Body,
    "slug",
    plain=("name", "kind", "rules", "active", "line"),
    links=(
        LinkField("communes", body_commune, "communes"),
        LinkField("quartiers", body_quartier, "quartiers"),
    ),
)

#: In the order in which they refer to each other. Communes, which belong to no contract alone, are apart.
KINDS: Final = (ORGANISATIONS, QUARTIERS, AXES, INDICATORS, COMMITMENTS, BODIES)
