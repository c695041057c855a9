"""What an import will do, before anything is written: for each kind, the rows to create, change, leave and retire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cdv_civic.packs.merge import JsonRow
from cdv_civic.packs.operations.stored import StoredRow


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of the file and its place in the list, from 0."""

    position: int
    row: JsonRow


@dataclass(slots=True)
class ImportPlan:
    """What happens to the rows of one kind."""

    created: list[FileRow] = field(default_factory=list)
    changed: list[tuple[StoredRow, FileRow]] = field(default_factory=list)
    unchanged: int = 0
    #: No longer in the file; not retired yet.
    gone: list[StoredRow] = field(default_factory=list)
    #: Rows whose place in the file is another one, and that place. Not a change of the row.
    moved: list[tuple[StoredRow, int]] = field(default_factory=list)

    @property
    def writes(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.created or self.changed or self.gone or self.moved)


def plan_of(rows: Sequence[JsonRow], key: str, stored: Mapping[str, StoredRow]) -> ImportPlan:
    """Compare the rows of a file with those of the last one."""
    plan = ImportPlan()
    names = set()
    for position, row in enumerate(rows):
        names.add(row[key])
        before = stored.get(row[key])
        if before is None:
            plan.created.append(FileRow(position, row))
            continue
        if before.source_row == row and before.retired_at is None:
            plan.unchanged += 1
        else:
            plan.changed.append((before, FileRow(position, row)))
        if before.position != position:
            plan.moved.append((before, position))
    plan.gone = [row for name, row in stored.items() if name not in names and row.retired_at is None]
    return plan
