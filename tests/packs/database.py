"""Reads a contract back out of the database as a pack, by plain SQL: what the importer wrote, seen from outside."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from cdv_civic.core.db import Model

Json = dict[str, Any]


def dump(session: Session) -> dict[str, list[str]]:
    """Every row of every table, in no particular order of the database's own."""
    session.rollback()
    found = {
        table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
        for table in Model.metadata.sorted_tables
    }
    session.rollback()
    return found


def digest(session: Session) -> str:
    return hashlib.sha256(json.dumps(dump(session)).encode()).hexdigest()


def pack_in_database(session: Session, slug: str) -> Json:
    """The rows of a contract that are not retired, in the form of a pack and in the order of its file."""
    (contract,) = _rows(session, "SELECT * FROM contract WHERE slug = :slug", slug=slug)
    of_contract = {"contract": contract["id"]}
    communes = _rows(
        session,
        "SELECT c.id, c.slug, c.name, k.department, k.postcodes, k.other_names FROM contract_commune k JOIN commune c ON c.id = k.commune_id "
        "WHERE k.contract_id = :contract AND k.retired_at IS NULL ORDER BY k.position",
        **of_contract,
    )
    kinds = {
        kind: _rows(
            session,
            f"SELECT * FROM {kind} WHERE contract_id = :contract AND retired_at IS NULL ORDER BY position",
            **of_contract,
        )
        for kind in ("organisation", "quartier", "axis", "commitment", "indicator", "body")
    }
    links = _Links(session)
    return {
        "format": "contrat-de-ville/1",
        "contract": _said(
            contract,
            "slug short_title territory period_start period_end departments notes",
            title=links.text(contract["title_id"]),
            source=_said(
                {
                    "document": contract["source_document"],
                    "dated": contract["source_dated"],
                    "signed_on": _day(contract["signed_on"]),
                },
                "document dated signed_on",
            ),
        ),
        "communes": [_said(row, "slug name department postcodes other_names") for row in communes],
        "organisations": [
            _said(row, "slug name kind signatory aliases departments line") for row in kinds["organisation"]
        ],
        "quartiers": [
            _said(
                row,
                "slug name kind aliases sector population_text notes line",
                communes=links.of("quartier", "commune", "slug", row),
                bailleurs=links.of("quartier", "organisation", "slug", row, "quartier_landlord"),
                figures=_figures(session, row["id"]),
                population=_population(session, row["id"]),
            )
            for row in kinds["quartier"]
        ],
        "axes": [
            _said(
                row,
                "code short_title kind tree line",
                title=links.text(row["title_id"]),
                parent=links.name("axis", "code", row["parent_id"]),
                commune=links.name("commune", "slug", row["commune_id"]),
                quartier=links.name("quartier", "slug", row["quartier_id"]),
            )
            for row in kinds["axis"]
        ],
        "commitments": [
            _said(
                row,
                "code nature recurrence condition status_text partners_text lines",
                title=links.text(row["title_id"]),
                axes=links.of("commitment", "axis", "code", row),
                holders=links.of("commitment", "organisation", "slug", row, "commitment_holder"),
                partners=links.of("commitment", "organisation", "slug", row, "commitment_partner"),
                quartiers=links.of("commitment", "quartier", "slug", row),
                communes=links.of("commitment", "commune", "slug", row),
                indicators=links.of("commitment", "indicator", "code", row),
                deadline=_said(
                    {"text": row["deadline_text"], "date": _day(row["deadline_date"])}, "text date"
                ),
                budget=_said(
                    {
                        "text": row["budget_text"],
                        "amount_eur": None if row["budget_cents"] is None else row["budget_cents"] / 100,
                        "certainty": row["budget_certainty"],
                    },
                    "text amount_eur certainty",
                ),
            )
            for row in kinds["commitment"]
        ],
        "indicators": [
            _said(
                row,
                "code family value_kind unit baseline target source line",
                name=links.text(row["name_id"]),
                axis=links.name("axis", "code", row["axis_id"]),
                quartiers=links.of("indicator", "quartier", "slug", row),
            )
            for row in kinds["indicator"]
        ],
        "bodies": [
            _said(
                row,
                "slug name kind rules active line",
                communes=links.of("body", "commune", "slug", row),
                quartiers=links.of("body", "quartier", "slug", row),
            )
            for row in kinds["body"]
        ],
    }


def as_stored(pack: Json) -> Json:
    """A pack without what tables do not tell apart: an empty list from none."""
    plain: Json = json.loads(json.dumps(pack))
    return {
        kind: [_emptied(row) for row in value] if isinstance(value, list) else _emptied_or_same(value)
        for kind, value in plain.items()
    }


def _emptied_or_same(value: Any) -> Any:
    return _emptied(value) if isinstance(value, dict) else value


def _emptied(row: Json) -> Json:
    return {key: value for key, value in row.items() if value not in ([], {}, None)}


def _said(row: Json, fields: str, **more: Any) -> Json:
    return _emptied({field: row[field] for field in fields.split()} | more)


def _day(value: Any) -> str | None:
    return None if value is None else str(value)


def _rows(session: Session, statement: str, **values: Any) -> list[Json]:
    found = [dict(row) for row in session.execute(text(statement), values).mappings()]
    for row in found:
        for key, value in row.items():
            # Plain SQL gives SQLite's JSON and booleans as they lie on disk.
            if key in _LISTS and isinstance(value, str):
                row[key] = json.loads(value)
            if key in ("signatory", "active") and value is not None:
                row[key] = bool(value)
    return found


_LISTS = ("aliases", "departments", "lines", "other_names", "partners_text", "postcodes")


class _Links:
    """Looks up names and texts, each table read once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.texts = {row["id"]: row["original"] for row in _rows(session, "SELECT * FROM localized_text")}
        self.names: dict[str, dict[int, str]] = {}
        self.pairs: dict[str, dict[int, list[int]]] = {}

    def text(self, text_id: int) -> str:
        return str(self.texts[text_id])

    def name(self, table: str, key: str, row_id: int | None) -> str | None:
        if table not in self.names:
            self.names[table] = {row["id"]: row[key] for row in _rows(self.session, f"SELECT * FROM {table}")}
        return None if row_id is None else self.names[table][row_id]

    def of(self, left: str, right: str, key: str, row: Json, table: str = "") -> list[str | None]:
        table = table or f"{left}_{right}"
        if table not in self.pairs:
            self.pairs[table] = {}
            for pair in _rows(self.session, f"SELECT * FROM {table} ORDER BY position"):
                self.pairs[table].setdefault(pair[f"{left}_id"], []).append(pair[f"{right}_id"])
        return [self.name(right, key, one) for one in self.pairs[table].get(row["id"], [])]


def _figures(session: Session, quartier_id: int) -> list[Json]:
    rows = _rows(
        session, "SELECT * FROM quartier_figure WHERE quartier_id = :id ORDER BY position", id=quartier_id
    )
    return [_said(row, "name value year") for row in rows]


def _population(session: Session, quartier_id: int) -> Json | None:
    rows = _rows(
        session, "SELECT * FROM quartier_population WHERE quartier_id = :id ORDER BY id", id=quartier_id
    )
    return _said(rows[-1], "value year source") if rows else None
