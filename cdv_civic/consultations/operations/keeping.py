"""Keeping an answer, whatever way it came, and forgetting it: its row and what it holds, within the caller's
transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.consents import Consent
from cdv_civic.consultations.models import (
    ConsultationAnswer,
    ConsultationChoice,
    ConsultationNumber,
    ConsultationWords,
    consultation_quartier,
)
from cdv_civic.consultations.operations.verbatims import forget_verbatims
from cdv_civic.consultations.rules.evidence import AnswerEvidence
from cdv_civic.consultations.rules.questions import Answers, QuestionRule, Speaker, kept
from cdv_civic.core import clock, pasted_text
from cdv_civic.core.db import insert_once
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.idempotency import KeyUsedElsewhere, bound_key, read_key, stored_key
from cdv_civic.participation.receipts import receipt_for, receipt_hash
from cdv_civic.participation.rules.channels import Channel


class AnsweredBefore(Conflict):
    """This person, or this sheet of paper, has an answer already."""

    def __init__(self, *, sheet: bool = False) -> None:
        super().__init__(
            _l("Cette feuille est déjà saisie. Relisez son numéro.")
            if sheet
            else _l("Vous avez déjà répondu. Vous pouvez changer votre réponse avec votre reçu.")
        )


@dataclass(frozen=True)
class NewAnswer:
    """An answer that comes in."""

    consultation_id: int
    answers: Answers
    #: Random name of the form, or what names a row of a file: sent twice, it is one answer.
    client_key: str
    #: Language of the form.
    lang: str
    speaker: Speaker = Speaker.PERSON
    #: How many a group or a table was.
    people: int | None = None
    channel: Channel = Channel.ONLINE
    evidence: AnswerEvidence = AnswerEvidence.NONE
    quartier_id: int | None = None
    account_id: int | None = None
    person_hash: str | None = None
    #: The account of whoever typed it in for somebody else.
    entered_by: int | None = None
    #: Written for somebody who agreed.
    consent_id: int | None = None
    sheet_number: int | None = None
    received_on: date | None = None
    #: Whether whoever answered gets a receipt.
    receipted: bool = True


@dataclass(frozen=True)
class KeptAnswer:
    """An answer that is kept. `again`: it was before, the same form came twice."""

    id: int
    #: As `read_receipt` gives it; None: it has none.
    receipt: str | None
    again: bool = field(default=False)


def check_quartier(session: Session, consultation_id: int, quartier_id: int | None) -> None:
    """Raise `DomainError` for the quartier of an answer (None: none was said) where nobody is asked; 1 statement."""
    if quartier_id is None:
        return
    there = consultation_quartier.c
    asked = select(there.quartier_id).where(
        there.consultation_id == consultation_id, there.quartier_id == quartier_id
    )
    if session.execute(asked).scalar() is None:
        raise DomainError(_l("Choisissez une réponse de la liste."), field="quartier")


def keep_answer(session: Session, questions: Sequence[QuestionRule], new: NewAnswer) -> KeptAnswer:
    """Keep an answer whose consultation the caller holds (`locking.hold_shared`); 1 statement, and 1 for each table.

    The caller has checked who may do it, that it comes in at all, and what was answered (`questions.faults`). Raises
    `AnsweredBefore`, also where the same person answers twice at the same moment: the database keeps it unique; and
    `KeyUsedElsewhere` for the form of an answer that came another way.
    """
    raw = bound_key(read_key(new.client_key), new.consultation_id)
    key = stored_key(raw)
    code = receipt_for(raw) if new.receipted else None
    made = insert_once(
        session,
        ConsultationAnswer,
        {
            "consultation_id": new.consultation_id,
            "speaker": new.speaker.value,
            "people": new.people,
            "channel": new.channel.value,
            "evidence": new.evidence.value,
            "quartier_id": new.quartier_id,
            "account_id": new.account_id,
            "person_hash": new.person_hash,
            "entered_by": new.entered_by,
            "relayed": new.consent_id is not None,
            "consent_id": new.consent_id,
            "sheet_number": new.sheet_number,
            "received_on": new.received_on or clock.today(),
            "client_key": key,
            "receipt_hash": receipt_hash(code) if code is not None else None,
            "version": 1,
        },
    )
    if made is None:
        return KeptAnswer(_before(session, new, key), code, again=True)
    write_given(session, questions, made, new)
    return KeptAnswer(made, code)


def replace_given(
    session: Session, questions: Sequence[QuestionRule], row: ConsultationAnswer, new: NewAnswer
) -> None:
    """Put what was answered in place of what a locked answer held before; 4 statements, and 1 for each table."""
    forget_verbatims(session, row)
    for table in (ConsultationChoice, ConsultationNumber, ConsultationWords):
        session.execute(
            delete(table).where(table.answer_id == row.id).execution_options(synchronize_session=False)
        )
    row.version += 1
    row.quartier_id = new.quartier_id
    write_given(session, questions, row.id, new)


def write_given(session: Session, questions: Sequence[QuestionRule], answer_id: int, new: NewAnswer) -> None:
    """Write what an answer holds: of the questions that are asked of somebody with these answers. 1 statement for
    each table that gets anything.
    """
    base = {"answer_id": answer_id, "consultation_id": new.consultation_id}
    choices, numbers, words = [], [], []
    for question_id, given in kept(questions, new.answers).items():
        of = {**base, "question_id": question_id}
        choices += [{**of, "option_id": option, "number": number} for option, number in given.choices.items()]
        if given.number is not None:
            numbers.append({**of, "value": given.number})
        if given.words.strip():
            words.append({**of, "words": pasted_text.free_text(given.words), "lang": new.lang})
    for table, rows in (
        (ConsultationChoice, choices),
        (ConsultationNumber, numbers),
        (ConsultationWords, words),
    ):
        if rows:
            session.execute(insert(table), rows)


def forget_answer(session: Session, row: ConsultationAnswer) -> None:
    """Delete an answer with all that hangs on it, within the caller's transaction."""
    consent_id = row.consent_id
    forget_verbatims(session, row)
    session.delete(row)
    session.flush()
    if consent_id is not None:
        session.execute(delete(Consent).where(Consent.id == consent_id))


def _before(session: Session, new: NewAnswer, key: str) -> int:
    """The answer that kept this one out: that of the same form; raises `AnsweredBefore` for another one of the same
    person or sheet, `ChangedMeanwhile` where it was taken back in between.

    Raises `KeyUsedElsewhere` where it came another way: what was typed from paper, for a group or at a table has no
    receipt, and whoever knows its key does not put another answer in its place by the form of the site.
    """
    answer = ConsultationAnswer
    same = [answer.client_key == key]
    for column, value in (
        (answer.account_id, new.account_id),
        (answer.person_hash, new.person_hash),
        (answer.sheet_number, new.sheet_number),
    ):
        if value is not None:
            same.append((answer.consultation_id == new.consultation_id) & (column == value))
    found = select(answer.id, answer.client_key, answer.sheet_number, answer.speaker, answer.channel)
    rows = session.execute(found.where(or_(*same))).all()
    for row in rows:
        if row.client_key == key:
            if (row.speaker, row.channel) != (new.speaker.value, new.channel.value):
                raise KeyUsedElsewhere
            return int(row.id)
    if not rows:
        raise ChangedMeanwhile
    raise AnsweredBefore(sheet=new.sheet_number is not None and rows[0].sheet_number == new.sheet_number)
