"""What a commitment said before."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select

from cdv_civic.commitments.models import CommitmentVersion
from cdv_civic.core.db import rows_of

MOST_VERSIONS = 50


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A change of what the commitment says."""

    number: int
    changed_at: datetime
    #: "import" (a newer document) or "staff".
    origin: str
    reason: str
    author: str
    #: {field: [before, after]}
    changes: dict[str, Any]


def versions_of(commitment_id: int) -> tuple[VersionLine, ...]:
    """The newest changes first. 1 statement."""
    return tuple(
        VersionLine(
            row.number, row.changed_at, row.origin, row.reason, row.organisation_name, dict(row.changes)
        )
        for row in rows_of(_versions_statement(), {"id": commitment_id})
    )


# Made once: to build it costs more than to ask it.
@lru_cache(maxsize=1)
def _versions_statement() -> Any:
    return (
        select(
            CommitmentVersion.number,
            CommitmentVersion.changed_at,
            CommitmentVersion.origin,
            CommitmentVersion.reason,
            CommitmentVersion.organisation_name,
            CommitmentVersion.changes,
        )
        .where(CommitmentVersion.commitment_id == bindparam("id"))
        .order_by(CommitmentVersion.number.desc())
        .limit(MOST_VERSIONS)
    )
