"""Sheets that were found once the results were published: they count in another version of these."""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.operations.keeping import AnsweredBefore
from cdv_civic.consultations.paper.models import ConsultationVoidSheet
from cdv_civic.consultations.paper.operations.entering import Outcome, take_once
from cdv_civic.consultations.paper.operations.importing import AT_ONCE
from cdv_civic.consultations.paper.operations.sheets import ACTION, Held, TypedSheet, held_by
from cdv_civic.consultations.paper.rules.numbers import VoidReason
from cdv_civic.core.audit.trail import record
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor

#: Sheets of one version: all are kept in one transaction, for which others wait.
MOST: Final = AT_ONCE


def with_late_sheets(actor: Actor, sheets: Sequence[TypedSheet]) -> Callable[[Session, Consultation], None]:
    """What `closing.correct_results` does to add some sheets, each with its number, that nobody types twice.

    One that was said to be lost is lost no longer; one that is typed in already stays as it is. It raises
    `DomainError`, also where none of them is new: then there is no new version.
    """

    def add(session: Session, row: Consultation) -> None:
        if len(sheets) > MOST:
            raise DomainError(_l("Envoyez %(most)s feuilles au plus à la fois.", most=MOST), field="file")
        void = ConsultationVoidSheet
        numbers = [sheet.number for sheet in sheets]
        session.execute(
            delete(void)
            .where(
                void.consultation_id == row.id,
                void.number.in_(numbers),
                void.reason == VoidReason.LOST.value,
            )
            .execution_options(synchronize_session=False)
        )
        held = held_by(session, row)
        added = [sheet.number for sheet in sheets if _is_new(session, actor, held, sheet)]
        if not added:
            raise DomainError(_l("Toutes ces feuilles sont déjà saisies."), field="file")
        record(
            session, actor, ACTION, "consultation", row.id, scope=held.contract, after={"found_late": added}
        )

    return add


def _is_new(session: Session, actor: Actor, held: Held, sheet: TypedSheet) -> bool:
    try:
        return take_once(session, actor, held, sheet) is Outcome.KEPT
    except AnsweredBefore:
        return False
