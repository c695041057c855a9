"""Holding a consultation still while something comes in, or while what it asks is changed.

Whoever answers shares the row of the consultation (`FOR SHARE`): any number of people at once. Whoever changes what is
asked, closes it, or builds its tables has it alone, and so sees every answer that was acknowledged, and no half of one.
"""

from typing import Final

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.queries.moments import calendar_in
from cdv_civic.consultations.rules.calendar import ConsultationCalendar, ConsultationStage
from cdv_civic.core.errors import Conflict, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l

#: Made once: every answer that comes in asks it.
_BY_ID: Final = (
    select(Consultation)
    .where(Consultation.id == bindparam("consultation_id"))
    .execution_options(populate_existing=True)
)
_SHARED: Final = _BY_ID.with_for_update(read=True)
_ALONE: Final = _BY_ID.with_for_update(key_share=True)
_NO_SUCH = _l("Cette consultation n’existe pas.")


class NotOpen(Conflict):
    """No answer is taken in at this moment; `stage` says why."""

    def __init__(self, stage: ConsultationStage) -> None:
        super().__init__(
            _l("Cette consultation n’est pas encore ouverte.")
            if stage is ConsultationStage.COMING
            else _l("Cette consultation est fermée\u00a0: votre réponse ne peut plus être comptée.")
        )
        self.stage = stage


def calendar_of(row: Consultation) -> ConsultationCalendar:
    """The moments of a consultation, for the rules."""
    return calendar_in(row)


def hold_shared(session: Session, consultation_id: int) -> Consultation:
    """A consultation that nobody changes before this transaction ends; others answer beside it. 1 statement.

    Raises `NotFound`.
    """
    return _locked(session, _SHARED, consultation_id)


def hold_alone(session: Session, consultation_id: int) -> Consultation:
    """A consultation that nobody answers or changes before this transaction ends. 1 statement. Raises `NotFound`."""
    return _locked(session, _ALONE, consultation_id)


def _locked(session: Session, statement: Select[Consultation], consultation_id: int) -> Consultation:
    row = session.execute(statement, {"consultation_id": consultation_id}).scalar()
    if row is None:
        raise NotFound(_NO_SUCH)
    return row
