"""The moments of a consultation, as columns of any statement and as the rules take them."""

from typing import Any, Final

from sqlalchemy import ColumnElement, and_

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.rules.calendar import ConsultationCalendar

#: Named as the fields of `ConsultationCalendar`.
MOMENTS: Final[tuple[Any, ...]] = (
    Consultation.opens_at,
    Consultation.closes_at,
    Consultation.paper_until,
    Consultation.answer_due_on,
    Consultation.published_at,
    Consultation.frozen_at,
    Consultation.answered_at,
    Consultation.withdrawn_at,
)


def calendar_in(row: Any) -> ConsultationCalendar:
    """The moments of a row that holds all `MOMENTS`, or of a `Consultation`."""
    return ConsultationCalendar(**{column.key: getattr(row, column.key) for column in MOMENTS})


def consultation_is_public() -> ColumnElement[bool]:
    """The condition that anybody may read a `Consultation`: published, and not withdrawn."""
    return and_(Consultation.published_at.is_not(None), Consultation.withdrawn_at.is_(None))
