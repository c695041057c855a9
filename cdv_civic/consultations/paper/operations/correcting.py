"""Sheets that are there: corrected, taken back, or said not to count."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import Consultation, ConsultationAnswer
from cdv_civic.consultations.operations.keeping import NewAnswer, forget_answer, replace_given
from cdv_civic.consultations.paper.form import without_place
from cdv_civic.consultations.paper.models import ConsultationSheetEntry, ConsultationVoidSheet
from cdv_civic.consultations.paper.operations.entering import BadAnswers, EmptySheet
from cdv_civic.consultations.paper.operations.evidence import forget_evidence
from cdv_civic.consultations.paper.operations.sheets import (
    ACTION,
    OTHERS,
    READS,
    NotPrinted,
    TypedSheet,
    held_for_sheets,
    locked_answer,
)
from cdv_civic.consultations.paper.rules.codes import on_paper
from cdv_civic.consultations.paper.rules.numbers import VOID_REASONS, VoidReason
from cdv_civic.consultations.queries.given import given_of
from cdv_civic.consultations.rules.questions import faults, kept, same_answers
from cdv_civic.consultations.scopes import touched_consultation
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, Forbidden
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import may
from cdv_civic.core.policy.model import Actor

#: The sheet was typed under the number of another one: nothing is void, and this number is to be typed.
WRONG_NUMBER = "numero"


def correct_sheet(actor: Actor, consultation_id: int, sheet: TypedSheet, version: int) -> None:
    """Put what the sheet says in place of what was typed; the same again changes nothing.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        held = held_for_sheets(session, actor, consultation_id)
        questions = on_paper(held.questions)
        if not kept(questions, sheet.answers):
            raise EmptySheet
        if faults(questions, sheet.answers):
            raise BadAnswers
        answer = locked_answer(session, actor, held.row, sheet.number or 0)
        answers, place = without_place(sheet.answers)
        asked = [each for each in questions if each.id]
        if answer.quartier_id == place and same_answers(given_of(answer.id), kept(asked, answers)):
            return
        if answer.version != version:
            raise ChangedMeanwhile
        new = NewAnswer(consultation_id, answers, sheet.client_key, sheet.lang, quartier_id=place)
        replace_given(session, asked, answer, new)


def take_sheet_back(actor: Actor, consultation_id: int, number: int, reason: str) -> None:
    """Delete what was typed of a sheet, with its photos. `reason`: of `VoidReason`, or `WRONG_NUMBER`.

    Raises `NotFound`, `Forbidden`, `NotTakenIn`, `DomainError`.
    """
    if reason not in (*VOID_REASONS, WRONG_NUMBER):
        raise DomainError(_l("Dites pourquoi."), field="reason")
    with transaction() as session:
        held = held_for_sheets(session, actor, consultation_id, alone=True)
        answer = locked_answer(session, actor, held.row, number)
        ledger.note(session, "consultation.sheet", answer.id, born=answer.client_key)
        forget_answer(session, answer)
        forget_evidence(session, consultation_id, [number])
        if reason != WRONG_NUMBER:
            _void(session, actor, consultation_id, [number], reason)
        record(
            session,
            actor,
            ACTION,
            "consultation",
            consultation_id,
            scope=held.contract,
            before={"sheet": number},
            after={"reason": reason},
        )


def void_sheets(actor: Actor, consultation_id: int, numbers: Sequence[int], reason: str) -> int:
    """Say that some sheets do not count; how many were new to it. What was typed once of them is erased, by whoever
    typed it or reads all words.

    Raises `NotFound`, `Forbidden`, `NotTakenIn`, `Conflict` where one of them is typed in, `DomainError`.
    """
    if reason not in VOID_REASONS:
        raise DomainError(_l("Dites pourquoi."), field="reason")
    with transaction() as session:
        held = held_for_sheets(session, actor, consultation_id, alone=True)
        if not numbers or not all(number in held.printed for number in numbers):
            raise NotPrinted
        entered = session.execute(
            select(ConsultationAnswer.sheet_number)
            .where(
                ConsultationAnswer.consultation_id == consultation_id,
                ConsultationAnswer.sheet_number.in_(numbers),
            )
            .order_by(ConsultationAnswer.sheet_number)
            .limit(1)
        ).scalar()
        if entered is not None:
            raise Conflict(
                _l("La feuille %(number)s est déjà saisie\u00a0: retirez-la d’abord.", number=entered),
                field="sheet",
            )
        _erase_entries(session, actor, held.row, numbers)
        count = _void(session, actor, consultation_id, numbers, reason)
        record(
            session,
            actor,
            ACTION,
            "consultation",
            consultation_id,
            scope=held.contract,
            after={"void": list(numbers), "reason": reason},
        )
    return count


def _erase_entries(session: Session, actor: Actor, row: Consultation, numbers: Sequence[int]) -> None:
    """Erase what was typed of sheets that a second person was awaited for; raises `Forbidden` for that of others."""
    entry = ConsultationSheetEntry
    typed_by = set(
        session.execute(
            delete(entry)
            .where(entry.consultation_id == row.id, entry.sheet_number.in_(numbers))
            .returning(entry.entered_by)
            .execution_options(synchronize_session=False)
        ).scalars()
    )
    if typed_by - {actor.actor_id} and not may(actor, READS, touched_consultation(session, row)):
        raise Forbidden(OTHERS)


def _void(session: Session, actor: Actor, consultation_id: int, numbers: Sequence[int], reason: str) -> int:
    void = ConsultationVoidSheet
    known = set(
        session.execute(
            select(void.number).where(void.consultation_id == consultation_id, void.number.in_(numbers))
        ).scalars()
    )
    rows = [
        {
            "consultation_id": consultation_id,
            "number": number,
            "reason": VoidReason(reason).value,
            "voided_at": clock.now(),
            "voided_by": actor.actor_id,
        }
        for number in numbers
        if number not in known
    ]
    if rows:
        session.execute(insert(void), rows)
    return len(rows)


def put_back(actor: Actor, consultation_id: int, number: int) -> bool:
    """A sheet that was said not to count is to be typed after all; whether it was one.

    Raises `NotFound`, `Forbidden`, `NotTakenIn`.
    """
    with transaction() as session:
        held = held_for_sheets(session, actor, consultation_id, alone=True)
        void = ConsultationVoidSheet
        gone = session.execute(
            delete(void)
            .where(void.consultation_id == consultation_id, void.number == number)
            .returning(void.reason)
            .execution_options(synchronize_session=False)
        ).scalar()
        if gone is None:
            return False
        record(
            session,
            actor,
            ACTION,
            "consultation",
            consultation_id,
            scope=held.contract,
            before={"void": [number], "reason": gone},
        )
    return True
