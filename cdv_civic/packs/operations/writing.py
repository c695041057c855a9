"""Writes the rows of one kind in bulk: new ones, changed ones, retired ones. Nothing here decides; see `merge`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import LocalizedText, change_originals
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner, check_owner
from cdv_civic.packs.merge import KeptField, merge_row
from cdv_civic.packs.operations.kinds import LinkField, Names, RowKind
from cdv_civic.packs.operations.plan import FileRow, ImportPlan
from cdv_civic.packs.operations.stored import CurrentRow, StoredRow

#: Ids in one statement, well below the limits of both databases.
BATCH: Final = 500

#: Rows in one INSERT that gives ids back: psycopg takes more than its share of time over statements of thousands of
#: parameters.
PAGE: Final = {"insertmanyvalues_page_size": 100}

#: More columns of a row, which are not in the file: (row of the file) -> values.
MoreColumns = Callable[[Mapping[str, Any]], dict[str, Any]]


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut a long list of ids for IN (...)."""
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def create(
    session: Session,
    kind: RowKind,
    contract_id: int,
    entries: Sequence[FileRow],
    names: Names,
    more: MoreColumns,
) -> list[int]:
    """Insert rows with their texts and links; their ids are added to `names` and returned."""
    created: list[int] = []
    for layer in _layers(kind, entries):
        texts = _create_texts(session, kind, contract_id, layer)
        values = [
            {
                **kind.columns(entry.row, names),
                **text,
                **more(entry.row),
                "contract_id": contract_id,
                kind.key: entry.row[kind.key],
                "position": entry.position,
                "retired_at": None,
                "source_row": entry.row,
            }
            for entry, text in zip(layer, texts, strict=True)
        ]
        # The table, not the model, and unordered: both databases then take many rows at a time, those with empty
        # columns too. The name tells whose id it is.
        table = kind.model.__table__
        statement = insert(table).returning(table.c[kind.key], table.c.id)
        ids = {row[0]: row[1] for row in session.execute(statement, values, execution_options=PAGE)}
        names[kind.name].update(ids)
        created += ids.values()
    for link in kind.links:
        pairs = [
            {
                link.left: names[kind.name][entry.row[kind.key]],
                link.right: names[link.target][name],
                "position": place,
            }
            for entry in entries
            for place, name in enumerate(entry.row.get(link.field) or ())
        ]
        if pairs:
            session.execute(insert(link.table), pairs)
    return created


def _layers(kind: RowKind, entries: Sequence[FileRow]) -> Iterable[list[FileRow]]:
    """The rows in groups in which none refers to another: a tree level by level, anything else at once."""
    if not any(reference.target == kind.name for reference in kind.references):
        return [list(entries)] if entries else []
    depths: dict[str, int] = {}
    layers: dict[int, list[FileRow]] = {}
    for entry in entries:
        depth = depths.get(entry.row.get("parent", ""), -1) + 1
        depths[entry.row[kind.key]] = depth
        layers.setdefault(depth, []).append(entry)
    return [layers[depth] for depth in sorted(layers)]


def _create_texts(
    session: Session, kind: RowKind, contract_id: int, entries: Sequence[FileRow]
) -> list[dict[str, int]]:
    """The texts of new rows: of each row its id, which the text names, and the id of the text."""
    if kind.text is None:
        return [{} for _entry in entries]
    field_name, column = kind.text
    owners = [
        TextOwner(kind.model.__tablename__, id_, column.removesuffix("_id"), contract_id)
        for id_ in reserve_ids(session, kind.model, len(entries))
    ]
    check_owner(owners[0])
    now = clock.now()
    rows = [
        {
            "language": SOURCE_LANGUAGE,
            "original": entry.row[field_name],
            "version": 1,
            "changed_at": now,
            "owner_kind": owner.kind,
            "owner_id": owner.id,
            "field": owner.field,
            "contract_id": owner.contract_id,
        }
        for entry, owner in zip(entries, owners, strict=True)
    ]
    # Unordered too: the owner tells which text is whose.
    statement = insert(LocalizedText).returning(LocalizedText.owner_id, LocalizedText.id)
    ids = {row[0]: row[1] for row in session.execute(statement, rows, execution_options=PAGE)}
    return [{"id": owner.id, column: ids[owner.id]} for owner in owners]


@dataclass(frozen=True, slots=True)
class AppliedRow:
    """What changed in one row: fields with their value before and after."""

    id: int
    name: str
    changes: Mapping[str, tuple[Any, Any]]
    current: CurrentRow
    came_back: bool


@dataclass(slots=True)
class ChangedRows:
    """What a batch of changed rows came to."""

    applied: list[AppliedRow] = field(default_factory=list)
    kept: list[KeptField] = field(default_factory=list)


#: The theme that the new file suggests for a row, by its name.
Suggestions = Mapping[str, str | None]


def change(
    session: Session,
    kind: RowKind,
    changed: Sequence[tuple[StoredRow, FileRow]],
    current: Mapping[int, CurrentRow],
    names: Names,
    suggestions: Suggestions | None = None,
) -> ChangedRows:
    """Merge changed rows with what stands, field by field, and write what is to be applied."""
    result = ChangedRows()
    rows: list[dict[str, Any]] = []
    texts: dict[int, str] = {}
    links: dict[str, list[tuple[int, list[int], list[int]]]] = {link.field: [] for link in kind.links}
    for stored, entry in changed:
        name, now = entry.row[kind.key], current[stored.id]
        was_retired = stored.retired_at is not None
        merge = merge_row(
            kind.comparable(stored.source_row),
            kind.comparable(entry.row),
            kind.comparable(now.form),
            was_retired=was_retired,
        )
        changes = {one: (now.form.get(one), value) for one, value in merge.apply.items()}
        values = kind.columns(merge.apply, names, merge.apply)
        if suggestions is not None:
            suggested = suggestions[name]
            values["suggested_theme"] = suggested
            if suggested != now.suggested_theme and now.theme == now.suggested_theme:
                changes["theme"] = (now.theme, suggested)
                values["theme"] = suggested
        rows.append({"id": stored.id, "retired_at": None, "source_row": entry.row, **values})
        if kind.text is not None and kind.text[0] in merge.apply and now.text_id is not None:
            texts[now.text_id] = merge.apply[kind.text[0]]
        for link in kind.links:
            if link.field in merge.apply:
                wanted = [names[link.target][one] for one in merge.apply[link.field] or ()]
                links[link.field].append((stored.id, now.links[link.field], wanted))
        result.applied.append(AppliedRow(stored.id, name, changes, now, was_retired))
        result.kept += [
            KeptField(kind.name, name, one, now.form.get(one), value) for one, value in merge.kept.items()
        ]
    if rows:
        session.execute(update(kind.model), rows)
    change_originals(session, texts)
    for link in kind.links:
        _change_links(session, link, links[link.field])
    return result


def _change_links(
    session: Session, link: LinkField, lists: Sequence[tuple[int, list[int], list[int]]]
) -> None:
    """Bring lists of links from what they are to what is wanted; a pair that stays keeps what else it holds."""
    gone: list[dict[str, int]] = []
    new: list[dict[str, int]] = []
    moved: list[dict[str, int]] = []
    for left, now, wanted in lists:
        gone += [{"left": left, "right": one} for one in now if one not in wanted]
        for place, one in enumerate(wanted):
            if one not in now:
                new.append({link.left: left, link.right: one, "position": place})
            elif now.index(one) != place:
                moved.append({"left": left, "right": one, "place": place})
    table = link.table
    pair = (table.c[link.left] == bindparam("left"), table.c[link.right] == bindparam("right"))
    if gone:
        session.execute(delete(table).where(*pair), gone)
    if new:
        session.execute(insert(table), new)
    if moved:
        session.execute(update(table).where(*pair).values(position=bindparam("place")), moved)


def retire_and_move(session: Session, kind: RowKind, plan: ImportPlan, now: datetime) -> None:
    """Retire the rows that are gone and give the others their place in the file."""
    rows = [{"id": row.id, "retired_at": now} for row in plan.gone]
    if rows:
        session.execute(update(kind.model), rows)
    moved = [{"id": row.id, "position": position} for row, position in plan.moved]
    if moved:
        session.execute(update(kind.model), moved)
