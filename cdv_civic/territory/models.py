"""Tables of the territory. What a contract pack says is kept whole in `source_row`, as it was imported last:
it tells a change of the document from a change by a human.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Integer, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cdv_civic.core.db import Model
from cdv_civic.territory.vocabulary import BODY_KINDS, ORGANISATION_KINDS, QUARTIER_KINDS, THEMES, TREES


def one_of(column: str, codes: object) -> CheckConstraint:
    """A CHECK that keeps a column to the codes of a vocabulary."""
    listed = ", ".join(f"'{code}'" for code in codes)  # type: ignore[attr-defined]
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def link(name: str, left: str, right: str, *more: Column[Any]) -> Table:
    """A many-to-many table between two others, indexed both ways; `position` is the document's order."""
    left_column, right_column = f"{left}_id", f"{right}_id"
    return Table(
        name,
        Model.metadata,
        Column(left_column, ForeignKey(f"{left}.id", ondelete="CASCADE"), primary_key=True),
        Column(right_column, ForeignKey(f"{right}.id", ondelete="CASCADE"), primary_key=True, index=True),
        Column("position", Integer, nullable=False, default=0),
        *more,
    )


class Contract(Model):
    """A contrat de ville."""

    __tablename__ = "contract"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    short_title: Mapped[str]
    #: The intercommunality, as the document names it.
    territory: Mapped[str]
    #: A year or a date, as the pack writes it: "2024", "2022-12-31".
    period_start: Mapped[str]
    period_end: Mapped[str]
    #: Numbers of departments: "94", "2A".
    departments: Mapped[list[str]]
    source_document: Mapped[str]
    source_dated: Mapped[str | None]
    signed_on: Mapped[date | None]
    notes: Mapped[str | None]
    imported_at: Mapped[datetime]
    source_row: Mapped[dict[str, Any]]


class Commune(Model):
    """A commune; the same one for all contracts of the site."""

    __tablename__ = "commune"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class ContractCommune(Model):
    """A commune in a contract, and what that contract's document says of it."""

    __tablename__ = "contract_commune"

    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id", ondelete="CASCADE"), primary_key=True)
    commune_id: Mapped[int] = mapped_column(
        ForeignKey("commune.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    #: Number of the department, where a document of that ground says it.
    department: Mapped[str | None]
    #: Postcodes of its ground, where the file says them: people type them to find their quartier.
    postcodes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    #: How it is written in other languages: search alone reads them.
    other_names: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    position: Mapped[int]
    retired_at: Mapped[datetime | None]
    source_row: Mapped[dict[str, Any]]


class Quartier(Model):
    """A quartier: the base object for residents. It may lie in several communes, or in none we know."""

    __tablename__ = "quartier"
    __table_args__ = (one_of("kind", QUARTIER_KINDS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    #: Unique over all contracts of the site: it holds the commune, and the year for older perimeters.
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    #: Other spellings.
    aliases: Mapped[list[str]]
    #: Folded name, aliases and communes: what search as one types looks into.
    search_text: Mapped[str]
    kind: Mapped[str]
    sector: Mapped[str | None]
    #: Where the document gives no figure but a text.
    population_text: Mapped[str | None]
    notes: Mapped[str | None]
    #: Line of the source document.
    line: Mapped[int | None]
    position: Mapped[int]
    retired_at: Mapped[datetime | None]
    source_row: Mapped[dict[str, Any]]

    communes: Mapped[list[Commune]] = relationship(
        secondary="quartier_commune", order_by="quartier_commune.c.position", lazy="raise", viewonly=True
    )


quartier_commune = link("quartier_commune", "quartier", "commune")


class QuartierPopulation(Model):
    """How many people live in a quartier, with year and source. Never add those of two quartiers' sheets."""

    __tablename__ = "quartier_population"
    __table_args__ = (
        UniqueConstraint("quartier_id", "year", "source"),
        CheckConstraint("value >= 0", name="value"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quartier_id: Mapped[int] = mapped_column(ForeignKey("quartier.id", ondelete="CASCADE"), index=True)
    value: Mapped[int]
    year: Mapped[int | None]
    source: Mapped[str | None]


class QuartierFigure(Model):
    """A line of the table on the quartier's own sheet, as text. Most are not for public pages."""

    __tablename__ = "quartier_figure"
    __table_args__ = (UniqueConstraint("quartier_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    quartier_id: Mapped[int] = mapped_column(ForeignKey("quartier.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str]
    value: Mapped[str]
    year: Mapped[int | None]


class Organisation(Model):
    """An institution or association of one contract. The same slug in two contracts may name two bodies
    (a CAF is that of one department), so each contract has its own."""

    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("contract_id", "slug"), one_of("kind", ORGANISATION_KINDS))

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    slug: Mapped[str]
    name: Mapped[str]
    aliases: Mapped[list[str]]
    kind: Mapped[str]
    signatory: Mapped[bool]
    #: Departments it acts in, where the document says so; None where it does not.
    departments: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    line: Mapped[int | None]
    position: Mapped[int]
    retired_at: Mapped[datetime | None]
    source_row: Mapped[dict[str, Any]]


#: The landlords of a quartier.
quartier_landlord = link("quartier_landlord", "quartier", "organisation")


class Axis(Model):
    """A node of one of the contract's trees: orientation, objectif, thematic of a sheet... May be empty."""

    __tablename__ = "axis"
    __table_args__ = (
        UniqueConstraint("contract_id", "code"),
        one_of("tree", TREES),
        one_of("theme", THEMES),
        one_of("suggested_theme", THEMES),
        # What joins one to a consultation names its contract too.
        Index("ix_axis_of_contract", "id", "contract_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    code: Mapped[str]
    title_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    short_title: Mapped[str | None]
    #: The document's own word, in snake case: "objectif_strategique".
    kind: Mapped[str]
    tree: Mapped[str]
    #: One of the six themes, suggested at import from the title, set by staff; None where it does not fit.
    theme: Mapped[str | None]
    #: What the last import that wrote this row suggested: where `theme` is another, staff chose it.
    suggested_theme: Mapped[str | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("axis.id"), index=True)
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("commune.id"))
    quartier_id: Mapped[int | None] = mapped_column(ForeignKey("quartier.id"), index=True)
    line: Mapped[int | None]
    position: Mapped[int]
    retired_at: Mapped[datetime | None]
    source_row: Mapped[dict[str, Any]]


class Body(Model):
    """A place or instance of participation (conseil citoyen, table de quartier, maison du projet...)."""

    __tablename__ = "body"
    __table_args__ = (UniqueConstraint("contract_id", "slug"), one_of("kind", BODY_KINDS))

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    slug: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    rules: Mapped[str | None]
    #: False: over, or still to be made. None: the document does not tell.
    active: Mapped[bool | None]
    line: Mapped[int | None]
    position: Mapped[int]
    retired_at: Mapped[datetime | None]
    source_row: Mapped[dict[str, Any]]


body_commune = link("body_commune", "body", "commune")
body_quartier = link("body_quartier", "body", "quartier")
