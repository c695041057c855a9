"""Communes: the same one for all contracts of the site, and what each contract says of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from cdv_civic.packs.merge import KeptField, merge_row
from cdv_civic.packs.operations.kinds import Names
from cdv_civic.packs.operations.plan import FileRow, ImportPlan
from cdv_civic.packs.operations.stored import StoredRow
from cdv_civic.territory.models import Commune, ContractCommune

KIND: Final = "communes"
#: What each contract says of a commune, besides its name.
FIELDS: Final = ("department", "postcodes", "other_names")


def create(session: Session, contract_id: int, entries: Sequence[FileRow], names: Names) -> list[KeptField]:
    """Bind communes to a contract; one that another contract brought keeps the name it has."""
    if not entries:
        return []
    slugs = [entry.row["slug"] for entry in entries]
    known = {
        slug: (id_, name)
        for slug, id_, name in session.execute(
            select(Commune.slug, Commune.id, Commune.name).where(Commune.slug.in_(slugs))
        )
    }
    new = [entry.row for entry in entries if entry.row["slug"] not in known]
    if new:
        statement = insert(Commune).returning(Commune.slug, Commune.id, Commune.name)
        values = [{"slug": row["slug"], "name": row["name"]} for row in new]
        known |= {slug: (id_, name) for slug, id_, name in session.execute(statement, values)}
    session.execute(
        insert(ContractCommune),
        [
            {
                "contract_id": contract_id,
                "commune_id": known[entry.row["slug"]][0],
                **{field: entry.row.get(field) for field in FIELDS},
                "position": entry.position,
                "retired_at": None,
                "source_row": entry.row,
            }
            for entry in entries
        ],
    )
    names[KIND].update({slug: known[slug][0] for slug in slugs})
    return [
        KeptField(KIND, entry.row["slug"], "name", known[entry.row["slug"]][1], entry.row["name"])
        for entry in entries
        if known[entry.row["slug"]][1] != entry.row["name"]
    ]


def change(
    session: Session, contract_id: int, changed: Sequence[tuple[StoredRow, FileRow]]
) -> tuple[list[KeptField], list[int]]:
    """Merge what a newer file says of communes. Returns the fields kept and the ids of communes renamed."""
    kept: list[KeptField] = []
    renamed: list[dict[str, Any]] = []
    values: list[dict[str, Any]] = []
    stored_forms = {
        id_: {"name": name, **dict(zip(FIELDS, said, strict=True))}
        for id_, name, *said in session.execute(
            select(Commune.id, Commune.name, *(getattr(ContractCommune, field) for field in FIELDS))
            .join(ContractCommune, ContractCommune.commune_id == Commune.id)
            .where(ContractCommune.contract_id == contract_id)
        )
    }
    for stored, entry in changed:
        current = {"slug": entry.row["slug"], **stored_forms[stored.id]}
        merge = merge_row(stored.source_row, entry.row, current, was_retired=stored.retired_at is not None)
        merged = {**current, **merge.apply}
        if merged["name"] != current["name"]:
            renamed.append({"id": stored.id, "name": merged["name"]})
        values.append(
            {
                "commune": stored.id,
                **{field: merged[field] for field in FIELDS},
                "retired_at": None,
                "source_row": entry.row,
            }
        )
        kept += [
            KeptField(KIND, entry.row["slug"], field, current.get(field), value)
            for field, value in merge.kept.items()
        ]
    if renamed:
        session.execute(update(Commune), renamed)
    _update_links(session, contract_id, values)
    return kept, [row["id"] for row in renamed]


def retire_and_move(session: Session, contract_id: int, plan: ImportPlan, now: datetime) -> None:
    """Retire the communes that are gone and give the others their place in the file."""
    _update_links(session, contract_id, [{"commune": row.id, "retired_at": now} for row in plan.gone])
    _update_links(
        session, contract_id, [{"commune": row.id, "position": position} for row, position in plan.moved]
    )


def _update_links(session: Session, contract_id: int, values: list[dict[str, Any]]) -> None:
    if not values:
        return
    table = ContractCommune.__table__
    fields = [name for name in values[0] if name != "commune"]
    session.connection().execute(
        update(ContractCommune)
        .where(table.c.contract_id == contract_id, table.c.commune_id == bindparam("commune"))
        .values({name: bindparam(f"new_{name}", type_=table.c[name].type) for name in fields}),
        [{"commune": row["commune"], **{f"new_{name}": row[name] for name in fields}} for row in values],
    )
