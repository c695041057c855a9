"""Workshops: where and when, how many came, and what each table said."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.consultations.in_person.models import ConsultationWorkshop, ConsultationWorkshopTable
from cdv_civic.consultations.in_person.operations.correcting import require_entered
from cdv_civic.consultations.in_person.operations.entering import (
    HeardAnswer,
    entering,
    note_entered,
    refuse_faults,
    said_on,
)
from cdv_civic.consultations.models import ConsultationAnswer
from cdv_civic.consultations.operations.keeping import KeptAnswer, NewAnswer, forget_answer, keep_answer
from cdv_civic.consultations.rules.evidence import AnswerEvidence
from cdv_civic.consultations.rules.questions import Speaker
from cdv_civic.core import ledger, pasted_text
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.catalogue import lazy_ngettext
from cdv_civic.core.idempotency import made_before
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.uploads.receiving import Upload, stored
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.participation.rules.channels import Channel

LONGEST_PLACE: Final = 200
MOST_PRESENT: Final = 1_000
MOST_TABLES: Final = 100
#: How the ledger names a table that was taken out again.
TABLE_REMOVED: Final = "consultation.table"


@dataclass(frozen=True)
class NewWorkshop:
    """A workshop as it is noted."""

    consultation_id: int
    client_key: str
    held_on: date | None
    place: str
    present: int


def note_workshop(actor: Actor, new: NewWorkshop) -> int:
    """Note a workshop; its id, the same for the same form. Raises `Forbidden`, `NotFound`, `NotOpen`, `DomainError`."""
    place = pasted_text.one_line(new.place)
    with entering(actor, new.consultation_id, alone=True) as (session, row, _questions):
        known = made_before(
            session,
            ConsultationWorkshop,
            key=(ConsultationWorkshop.client_key, new.client_key),
            owner=(ConsultationWorkshop.consultation_id, row.id),
        )
        if known is not None:
            return known.id
        _check(place, new.present)
        workshop = ConsultationWorkshop(
            consultation_id=row.id,
            client_key=new.client_key,
            held_on=said_on(new.held_on, row),
            place=place,
            present=new.present,
            entered_by=actor.actor_id,
            version=1,
        )
        session.add(workshop)
        session.flush()
        note_entered(session, actor, row, after=_noted(workshop))
        return workshop.id


def _check(place: str, present: int) -> None:
    """Raise `DomainError` for a place or a number that is none."""
    if not place or len(place) > LONGEST_PLACE:
        raise DomainError(
            _l("Dites où c’était, en %(most)s caractères au plus.", most=LONGEST_PLACE), field="place"
        )
    if not 1 <= present <= MOST_PRESENT:
        raise DomainError(_l("Dites combien de personnes sont venues."), field="present")


def _noted(workshop: ConsultationWorkshop) -> dict[str, object]:
    """What the trail says of a workshop: when, and how many came."""
    return {"workshop": workshop.id, "day": workshop.held_on.isoformat(), "present": workshop.present}


def correct_workshop(actor: Actor, workshop_id: int, new: NewWorkshop, *, version: int) -> None:
    """Put right when and where a workshop was, and how many came; the same again changes nothing.

    Never fewer people came than sit at its tables; what these said was said on its day. For whoever noted it, and the
    organiser. Raises `NotFound`, `Forbidden`, `NothingChanges`, `ChangedMeanwhile`, `DomainError`.
    """
    place = pasted_text.one_line(new.place)
    with entering(actor, new.consultation_id, again=True) as (session, row, _questions):
        workshop = _locked(session, workshop_id, row.id)
        require_entered(session, actor, row, workshop.entered_by)
        _check(place, new.present)
        day = said_on(new.held_on, row)
        if (workshop.held_on, workshop.place, workshop.present) == (day, place, new.present):
            return
        if workshop.version != version:
            raise ChangedMeanwhile
        seated = _seated(session, workshop_id)
        if new.present < seated:
            raise DomainError(
                lazy_ngettext(
                    "%(num)s personne est déjà à une table\u00a0: corrigez d’abord la table, ou ce nombre.",
                    "%(num)s personnes sont déjà à des tables\u00a0: corrigez d’abord les tables, ou ce nombre.",
                    seated,
                ),
                field="present",
            )
        before = _noted(workshop)
        if workshop.held_on != day:
            at_tables = select(ConsultationWorkshopTable.answer_id).where(
                ConsultationWorkshopTable.workshop_id == workshop_id
            )
            session.execute(
                update(ConsultationAnswer)
                .where(ConsultationAnswer.id.in_(at_tables))
                .values(received_on=day)
                .execution_options(synchronize_session=False)
            )
        workshop.held_on, workshop.place, workshop.present = day, place, new.present
        workshop.version += 1
        note_entered(session, actor, row, before=before, after=_noted(workshop))


def remove_workshop(actor: Actor, consultation_id: int, workshop_id: int, *, version: int) -> None:
    """Delete a workshop without tables: it was noted twice, or never took place.

    For whoever noted it, and the organiser. Raises `NotFound`, `Forbidden`, `NothingChanges`, `ChangedMeanwhile`,
    `Conflict` where it has tables.
    """
    with entering(actor, consultation_id, again=True) as (session, row, _questions):
        workshop = _locked(session, workshop_id, row.id)
        require_entered(session, actor, row, workshop.entered_by)
        if workshop.version != version:
            raise ChangedMeanwhile
        if _seated(session, workshop_id):
            raise Conflict(_l("Cet atelier a des tables\u00a0: retirez-les d’abord."))
        before = _noted(workshop)
        session.delete(workshop)
        note_entered(session, actor, row, before=before)


def enter_table(
    actor: Actor, workshop_id: int, heard: HeardAnswer, *, number: int, people: int, sheet: Upload | None
) -> KeptAnswer:
    """Write what a table of a workshop said, with its number and how many sat there.

    The tables together are never more people than came. Raises `Forbidden`, `NotFound`, `NotOpen`, `DomainError`,
    `Conflict` where the table was entered already.
    """
    with stored(*([sheet] if sheet else [])) as rows_of, entering(actor, heard.consultation_id) as found:
        session, row, questions = found
        workshop = _locked(session, workshop_id, row.id)
        if not 1 <= number <= MOST_TABLES:
            raise DomainError(_l("Donnez le numéro de la table."), field="number")
        if not 1 <= people <= workshop.present:
            raise DomainError(_l("Dites combien de personnes étaient à cette table."), field="people")
        refuse_faults(questions, heard.answers)
        answer = keep_answer(
            session,
            questions,
            NewAnswer(
                row.id,
                heard.answers,
                heard.client_key,
                heard.lang,
                speaker=Speaker.TABLE,
                people=people,
                channel=Channel.MEETING,
                evidence=AnswerEvidence.WITNESSED,
                entered_by=actor.actor_id,
                received_on=workshop.held_on,
                receipted=False,
            ),
        )
        if answer.again:
            return answer
        seated = _seated(session, workshop_id)
        if seated + people > workshop.present:
            raise DomainError(
                _l(
                    "%(present)s personnes sont venues, et %(seated)s sont déjà à d’autres tables. "
                    "Corrigez ce nombre, ou celui de l’atelier.",
                    present=workshop.present,
                    seated=seated,
                ),
                field="people",
            )
        files = rows_of(session) if sheet else []
        try:
            with session.begin_nested():
                session.add(
                    ConsultationWorkshopTable(
                        answer_id=answer.id,
                        workshop_id=workshop_id,
                        number=number,
                        sheet_id=files[0].id if files else None,
                    )
                )
                session.flush()
        except IntegrityError:
            raise Conflict(_l("Cette table est déjà saisie. Relisez son numéro."), field="number") from None
        note_entered(session, actor, row, after={"table": number})
        return answer


def remove_table(actor: Actor, workshop_id: int, consultation_id: int, number: int) -> None:
    """Take a table out again, with its sheet: it was entered wrongly. For whoever entered it, and the organiser.

    Raises `Forbidden`, `NotFound`, `NothingChanges`.
    """
    with entering(actor, consultation_id, again=True) as (session, row, _questions):
        _locked(session, workshop_id, row.id)
        answer = session.execute(
            select(ConsultationAnswer)
            .join(ConsultationWorkshopTable, ConsultationWorkshopTable.answer_id == ConsultationAnswer.id)
            .where(
                ConsultationWorkshopTable.workshop_id == workshop_id,
                ConsultationWorkshopTable.number == number,
            )
        ).scalar()
        if answer is None:
            raise NotFound(_l("Cette table n’existe pas."))
        require_entered(session, actor, row, answer.entered_by)
        ledger.note(session, TABLE_REMOVED, answer.id, born=answer.client_key)
        forget_table(session, answer)
        note_entered(session, actor, row, before={"table": number})


def forget_table(session: Session, answer: ConsultationAnswer) -> None:
    """Delete what a table said, with its sheet, within the caller's transaction."""
    sheet_id = session.execute(
        select(ConsultationWorkshopTable.sheet_id).where(ConsultationWorkshopTable.answer_id == answer.id)
    ).scalar()
    forget_answer(session, answer)
    if sheet_id is not None:
        session.execute(
            delete(StoredFile).where(StoredFile.id == sheet_id).execution_options(synchronize_session=False)
        )


def _locked(session: Session, workshop_id: int, consultation_id: int) -> ConsultationWorkshop:
    """The workshop, for this transaction alone: two who enter tables at once do not seat too many."""
    workshop = session.execute(
        select(ConsultationWorkshop)
        .where(
            ConsultationWorkshop.id == workshop_id, ConsultationWorkshop.consultation_id == consultation_id
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if workshop is None:
        raise NotFound(_l("Cet atelier n’existe pas."))
    return workshop


def _seated(session: Session, workshop_id: int) -> int:
    seated = session.execute(
        select(func.sum(ConsultationAnswer.people))
        .join(ConsultationWorkshopTable, ConsultationWorkshopTable.answer_id == ConsultationAnswer.id)
        .where(ConsultationWorkshopTable.workshop_id == workshop_id)
    ).scalar()
    return int(seated or 0)
