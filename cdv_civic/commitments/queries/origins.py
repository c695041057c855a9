"""How a part of a contract was drawn up, as residents read it."""

from dataclasses import dataclass

from sqlalchemy import select

from cdv_civic.commitments.models import AxisOrigin
from cdv_civic.commitments.rules.origins import Origin
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words


@dataclass(frozen=True, slots=True)
class ShownOrigin:
    """How it was drawn up, and what staff add."""

    how: Origin
    note: Words | None


def origin_of(axis_id: int, language: str) -> ShownOrigin | None:
    """How an axis was drawn up; None where nobody said. 1 statement."""
    note = Localized("note", AxisOrigin.note_id, language)
    statement = select(AxisOrigin.how, *note.columns).where(
        AxisOrigin.axis_id == axis_id, AxisOrigin.how.is_not(None)
    )
    row = rows_of(note.join(statement, optional=True)).one_or_none()
    return ShownOrigin(Origin(row.how), note.words_or_none(row)) if row is not None else None
