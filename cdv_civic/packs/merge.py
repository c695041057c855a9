"""Three-way merge of a pack's row: what the last file said, what the new one says, what stands in the database.

Pure. A field that the new file changes is applied, unless a human changed it since the last import: then the human's
value stays and the field is reported. A field that the file leaves as it was is never touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

#: A row in the form of the pack: JSON values by field, absent where nothing is said.
JsonRow = Mapping[str, Any]


class Change(StrEnum):
    """What an import does to a row that is there."""

    UPDATED = "updated"
    UNCHANGED = "unchanged"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class KeptField:
    """A field where the human's value stays although the file changed."""

    kind: str
    name: str
    field: str
    stored: Any
    in_file: Any


@dataclass(frozen=True, slots=True)
class Merge:
    """The outcome for one row: what happens to it, the fields to write, the fields a human holds."""

    change: Change
    #: Field -> new value; None where the file no longer says anything.
    apply: Mapping[str, Any] = field(default_factory=dict)
    #: Field -> value of the file that is not applied.
    kept: Mapping[str, Any] = field(default_factory=dict)


def merge_row(before: JsonRow, after: JsonRow, stored: JsonRow, *, was_retired: bool = False) -> Merge:
    """Decide for a row that the file and the database both have.

    `before` is the row as last imported, `after` the row of the new file, `stored` what stands now, in the same form. A
    row that had been retired is back: it counts as updated even where nothing else changed.
    """
    if after == before and not was_retired:
        return Merge(Change.UNCHANGED)
    apply: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    for name in {**before, **after}:
        old, new, now = before.get(name), after.get(name), stored.get(name)
        if new in (old, now):
            continue
        if now == old:
            apply[name] = new
        else:
            kept[name] = new
    return Merge(Change.UPDATED, apply, kept)
