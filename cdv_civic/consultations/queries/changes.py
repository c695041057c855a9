"""What was changed of a public consultation, and why: it was prolonged, its words were corrected."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from cdv_civic.consultations.organiser_models import (
    ConsultationCorrection,
    ConsultationProlongation,
    CorrectionState,
)
from cdv_civic.consultations.rules.editing import changed
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words


@dataclass(frozen=True)
class Prolongation:
    """When it was to close, when it closes, and why."""

    closes_before: datetime
    closes_after: datetime
    #: Until when paper was and is entered; None: as long as it is open.
    paper_before: datetime | None
    paper_after: datetime | None
    due_before: date
    due_after: date
    reason: Words
    at: datetime


@dataclass(frozen=True)
class Correction:
    """A text as it was, as it is to be, and why."""

    id: int
    owner_kind: str
    owner_id: int
    field: str
    before: dict[str, str]
    after: dict[str, str]
    reason: Words
    state: CorrectionState
    proposed_at: datetime
    proposed_by: int | None
    decided_at: datetime | None

    @property
    def languages(self) -> list[str]:
        """The languages whose words change."""
        return changed(self.before, self.after)


def prolongations_of(consultation_id: int, language: str) -> list[Prolongation]:
    """How often a consultation was prolonged, the last time first, for everybody; 1 statement."""
    table = ConsultationProlongation
    reason = Localized("reason", table.reason_id, language)
    statement = (
        select(
            table.closes_before,
            table.closes_after,
            table.paper_before,
            table.paper_after,
            table.due_before,
            table.due_after,
            table.at,
            *reason.columns,
        )
        .where(table.consultation_id == consultation_id)
        .order_by(table.id.desc())
    )
    return [
        Prolongation(
            row.closes_before,
            row.closes_after,
            row.paper_before,
            row.paper_after,
            row.due_before,
            row.due_after,
            reason.words(row),
            row.at,
        )
        for row in rows_of(reason.join(statement))
    ]


def corrections_of(consultation_id: int, language: str) -> list[Correction]:
    """What two people corrected since somebody answered, the newest first, for everybody; 1 statement."""
    return _corrections(
        language,
        ConsultationCorrection.consultation_id == consultation_id,
        ConsultationCorrection.state == CorrectionState.ACCEPTED.value,
    )


def all_corrections_of(consultation_id: int, language: str) -> list[Correction]:
    """The same for the desk, with those that wait and those that were refused; 1 statement."""
    return _corrections(language, ConsultationCorrection.consultation_id == consultation_id)


def correction(correction_id: int, consultation_id: int, language: str) -> Correction | None:
    """One of them; 1 statement."""
    found = _corrections(
        language,
        ConsultationCorrection.consultation_id == consultation_id,
        ConsultationCorrection.id == correction_id,
    )
    return found[0] if found else None


def how_many_wait(consultation_id: int) -> int:
    """How many corrections of a consultation wait for a second person; 1 statement."""
    table = ConsultationCorrection
    statement = select(func.count()).where(
        table.consultation_id == consultation_id, table.state == CorrectionState.PROPOSED.value
    )
    return int(rows_of(statement).scalar_one())


def _corrections(language: str, *where: Any) -> list[Correction]:
    table = ConsultationCorrection
    reason = Localized("reason", table.reason_id, language)
    statement = (
        select(
            table.id,
            table.owner_kind,
            table.owner_id,
            table.field,
            table.before,
            table.after,
            table.state,
            table.proposed_at,
            table.proposed_by,
            table.decided_at,
            *reason.columns,
        )
        .where(*where)
        .order_by(table.id.desc())
    )
    return [
        Correction(
            row.id,
            row.owner_kind,
            row.owner_id,
            row.field,
            dict(row.before),
            dict(row.after),
            reason.words(row),
            CorrectionState(row.state),
            row.proposed_at,
            row.proposed_by,
            row.decided_at,
        )
        for row in rows_of(reason.join(statement))
    ]
