"""What an import did, in figures, and what it left as staff had set it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cdv_civic.packs.merge import KeptField

#: The kinds of rows, in the order of the report.
REPORTED: Final = ("commitments", "axes", "quartiers", "communes", "organisations", "indicators", "bodies")

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """For each kind, created + updated + unchanged = rows of the file = rows of the contract that are not retired."""

    contract: str
    created: Counts
    updated: Counts
    unchanged: Counts
    retired: Counts
    #: Counted again in the database, once everything was written.
    in_database: Counts
    kept: tuple[KeptField, ...] = ()
    #: Commitments that were to be checked and now stand as announced.
    published: int = 0

    @property
    def in_file(self) -> Counts:
        """Rows of the file."""
        return {kind: self.created[kind] + self.updated[kind] + self.unchanged[kind] for kind in REPORTED}

    def to_json(self) -> dict[str, Any]:
        """The report for a script."""
        return {
            "contract": self.contract,
            **{
                word: {kind: getattr(self, word)[kind] for kind in REPORTED}
                for word in ("created", "updated", "unchanged", "retired")
            },
        }
