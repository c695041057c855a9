"""What the database holds of a contract: enough to tell what a file changes, then the full rows that it does change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from cdv_civic.core.localized import LocalizedText
from cdv_civic.packs.merge import JsonRow
from cdv_civic.packs.operations.kinds import KINDS, LinkField, Names, RowKind
from cdv_civic.territory.models import Commune, Contract, ContractCommune, QuartierFigure, QuartierPopulation


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row as the last import left it: what its file said, its place in the file, whether it is retired."""

    id: int
    source_row: JsonRow
    position: int
    retired_at: datetime | None


#: Rows by name, for each kind.
Snapshot = dict[str, dict[str, StoredRow]]


def snapshot(session: Session, contract: Contract) -> Snapshot:
    """All rows of a contract, retired ones too: one statement for each kind."""
    rows: Snapshot = {
        "communes": {
            slug: StoredRow(*rest)
            for slug, *rest in session.execute(
                select(
                    Commune.slug,
                    Commune.id,
                    ContractCommune.source_row,
                    ContractCommune.position,
                    ContractCommune.retired_at,
                )
                .join(Commune, Commune.id == ContractCommune.commune_id)
                .where(ContractCommune.contract_id == contract.id)
            )
        }
    }
    for kind in KINDS:
        model = kind.model
        rows[kind.name] = {
            name: StoredRow(*rest)
            for name, *rest in session.execute(
                select(
                    getattr(model, kind.key), model.id, model.source_row, model.position, model.retired_at
                ).where(model.contract_id == contract.id, *_documented(kind))
            )
        }
    return rows


def _documented(kind: RowKind) -> tuple[ColumnElement[bool], ...]:
    """The condition that a document can hold a row."""
    return () if kind.documented is None else (kind.documented,)


def names_of(rows: Snapshot) -> Names:
    """Ids by name."""
    return {kind: {name: row.id for name, row in found.items()} for kind, found in rows.items()}


@dataclass(frozen=True, slots=True)
class CurrentRow:
    """What stands in the database for a row: its form, the ids of its links and text, its themes and version."""

    form: dict[str, Any]
    text_id: int | None
    #: Right-hand ids of each link field, in order.
    links: Mapping[str, list[int]]
    theme: str | None
    #: What the last import suggested.
    suggested_theme: str | None
    version: int


def current_rows(session: Session, kind: RowKind, contract_id: int, names: Names) -> dict[int, CurrentRow]:
    """The rows of one kind as they stand, by id: one statement, one for texts, one for each link."""
    model = kind.model
    by_id = {target: {id_: name for name, id_ in found.items()} for target, found in names.items()}
    table = model.__table__
    # Held until the end, so that nobody edits a row between this look and the write (SQLite holds the whole file).
    statement = (
        select(table)
        .where(table.c.contract_id == contract_id)
        .order_by(table.c.id)
        .with_for_update(key_share=True)
    )
    rows = [dict(row) for row in session.execute(statement).mappings()]
    texts = _texts(session, kind, contract_id)
    links = {link.field: _links(session, kind, link, contract_id) for link in kind.links}
    found: dict[int, CurrentRow] = {}
    for row in rows:
        form = kind.form(row, by_id)
        text_id: int | None = None
        if kind.text is not None:
            field, column = kind.text
            text_id = row[column]
            form[field] = texts[row["id"]]
        ids: dict[str, list[int]] = {}
        for link in kind.links:
            ids[link.field] = links[link.field].get(row["id"], [])
            # As for references: what is not of this contract keeps its id, and equals no name of a file.
            form[link.field] = [by_id[link.target].get(one, one) for one in ids[link.field]]
        found[row["id"]] = CurrentRow(
            form, text_id, ids, row.get("theme"), row.get("suggested_theme"), row.get("version", 1)
        )
    if kind.name == "quartiers":
        _add_figures(session, found)
    return found


def _texts(session: Session, kind: RowKind, contract_id: int) -> dict[int, str]:
    if kind.text is None:
        return {}
    model = kind.model
    statement = (
        select(model.id, LocalizedText.original)
        .join(LocalizedText, LocalizedText.id == getattr(model, kind.text[1]))
        .where(model.contract_id == contract_id)
    )
    return {row.id: row.original for row in session.execute(statement)}


def _links(session: Session, kind: RowKind, link: LinkField, contract_id: int) -> dict[int, list[int]]:
    table, model = link.table, kind.model
    left = table.c[link.left]
    statement = (
        select(left, table.c[link.right])
        .join(model, model.id == left)
        .where(model.contract_id == contract_id)
        .order_by(left, table.c.position, table.c[link.right])
    )
    target = next((each for each in KINDS if each.name == link.target), None)
    if target is not None and target.documented is not None:
        statement = statement.join(target.model, target.model.id == table.c[link.right])
        statement = statement.where(target.documented)
    found: dict[int, list[int]] = defaultdict(list)
    for left_id, right_id in session.execute(statement):
        found[left_id].append(right_id)
    return found


def _add_figures(session: Session, quartiers: Mapping[int, CurrentRow]) -> None:
    """The figures of quartiers' sheets and their populations, which have tables of their own."""
    for figure in _of_quartiers(session, QuartierFigure, quartiers):
        form = {"name": figure.name, "value": figure.value, "year": figure.year}
        quartiers[figure.quartier_id].form.setdefault("figures", []).append(_said(form))
    for population in _of_quartiers(session, QuartierPopulation, quartiers):
        form = {"value": population.value, "year": population.year, "source": population.source}
        # The newest is the one that a pack speaks of: see `figures.write`.
        quartiers[population.quartier_id].form["population"] = _said(form)


def _of_quartiers(session: Session, model: Any, quartiers: Mapping[int, CurrentRow]) -> Iterable[Any]:
    order = model.position if model is QuartierFigure else model.id
    table = model.__table__
    return session.execute(
        select(table).where(table.c.quartier_id.in_(list(quartiers))).order_by(table.c.quartier_id, order)
    ).all()


def _said(form: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in form.items() if value is not None}
