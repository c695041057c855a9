"""Photos and scans of sheets: private, for whoever reads all words, and erased some months after the closing.

Those of tables of workshops are erased with them.
"""

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from cdv_civic.consultations.in_person.models import ConsultationWorkshop, ConsultationWorkshopTable
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.paper.models import ConsultationEvidence
from cdv_civic.consultations.paper.operations.sheets import NotPrinted, held_for_sheets
from cdv_civic.core import clock, ledger
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.settings import current_settings
from cdv_civic.core.uploads.receiving import Upload, is_same_file, stored
from cdv_civic.core.uploads.stored_files import StoredFile

#: How the ledger names a photo that went with what was typed of its sheet.
PHOTO_ERASED: Final = "consultation.photo"
#: Photos of one sheet.
MOST: Final = 6
#: Files that one statement names: databases bound how many it may.
_AT_ONCE: Final = 500


def add_evidence(actor: Actor, consultation_id: int, number: int, upload: Upload) -> int:
    """Keep a photo or a scan of a sheet; its id. The same photo of a sheet, sent again, is kept once.

    Raises `NotFound`, `Forbidden`, `NotTakenIn`, `DomainError`.
    """
    with ExitStack() as keeping:
        rows_of = keeping.enter_context(stored(upload))
        session = keeping.enter_context(transaction())
        held = held_for_sheets(session, actor, consultation_id, alone=True)
        if number not in held.printed:
            raise NotPrinted
        evidence = ConsultationEvidence
        there = session.execute(
            select(evidence.id, StoredFile)
            .join(StoredFile, StoredFile.id == evidence.file_id)
            .where(evidence.consultation_id == consultation_id, evidence.sheet_number == number)
            .order_by(evidence.id)
        ).all()
        for known, kept in there:
            if is_same_file(kept, upload):
                return int(known)
        if len(there) >= MOST:
            raise DomainError(
                _l(
                    "Cette feuille a déjà %(most)s photos\u00a0: c’est le plus qu’elle peut avoir.", most=MOST
                ),
                field="photo",
            )
        (file,) = rows_of(session)
        row = evidence(
            consultation_id=consultation_id,
            sheet_number=number,
            file_id=file.id,
            added_at=clock.now(),
            added_by=actor.actor_id,
        )
        session.add(row)
        session.flush()
        return row.id


def forget_evidence(session: Session, consultation_id: int, numbers: Collection[int]) -> int:
    """Erase the photos of some sheets, within the caller's transaction, also after a restore; how many."""
    evidence = ConsultationEvidence
    which = (evidence.consultation_id == consultation_id) & evidence.sheet_number.in_(numbers)
    gone = session.execute(select(evidence.id, evidence.added_at).where(which)).all()
    ledger.note_many(session, PHOTO_ERASED, [(row.id, row.added_at) for row in gone])
    return _erase(session, which)


def forget_photo(session: Session, evidence_id: int, added_at: str) -> int:
    """Erase one photo that was kept at a moment, as the ledger says it; how many."""
    added = session.execute(
        select(ConsultationEvidence.added_at).where(ConsultationEvidence.id == evidence_id)
    ).scalar()
    if added is None or ledger.mark(added) != added_at:
        return 0
    return _erase(session, ConsultationEvidence.id == evidence_id)


def _erase(session: Session, which: ColumnElement[bool]) -> int:
    files = list(
        session.execute(
            delete(ConsultationEvidence)
            .where(which)
            .returning(ConsultationEvidence.file_id)
            .execution_options(synchronize_session=False)
        ).scalars()
    )
    return _erase_files(session, files)


def _erase_of_tables(session: Session) -> int:
    """Erase the sheets of tables of workshops that ended long ago; how many. Their answers stay."""
    table = ConsultationWorkshopTable
    files = [
        each for each in session.execute(select(table.sheet_id).where(_old_of_tables())).scalars() if each
    ]
    session.execute(
        update(table)
        .where(_old_of_tables())
        .values(sheet_id=None)
        .execution_options(synchronize_session=False)
    )
    return _erase_files(session, files)


def _erase_files(session: Session, files: Sequence[int]) -> int:
    for start in range(0, len(files), _AT_ONCE):
        some = files[start : start + _AT_ONCE]
        session.execute(
            delete(StoredFile).where(StoredFile.id.in_(some)).execution_options(synchronize_session=False)
        )
    return len(files)


def _old() -> ColumnElement[bool]:
    """The condition that a photo is of a consultation that ended CONSULTATION_EVIDENCE_DAYS ago."""
    return ConsultationEvidence.consultation_id.in_(ended_long_ago())


def _old_of_tables() -> ColumnElement[bool]:
    """The same of the sheet of a table."""
    workshops = select(ConsultationWorkshop.id).where(
        ConsultationWorkshop.consultation_id.in_(ended_long_ago())
    )
    return ConsultationWorkshopTable.sheet_id.is_not(None) & ConsultationWorkshopTable.workshop_id.in_(
        workshops
    )


def ended_long_ago() -> Select[int]:
    """The ids of the consultations that ended CONSULTATION_EVIDENCE_DAYS ago."""
    before = clock.now() - timedelta(days=current_settings().consultation_evidence_days)
    row = Consultation
    return select(row.id).where(
        or_(func.coalesce(row.paper_until, row.closes_at) <= before, row.withdrawn_at <= before)
    )


def evidence_to_erase() -> bool:
    """Whether the job has anything to do; 2 statements at most."""
    table = ConsultationWorkshopTable
    return (
        db.session.execute(select(ConsultationEvidence.id).where(_old()).limit(1)).first() is not None
        or db.session.execute(select(table.answer_id).where(_old_of_tables()).limit(1)).first() is not None
    )


def erase_evidence() -> int:
    """Erase the photos and scans of consultations that ended CONSULTATION_EVIDENCE_DAYS ago; how many. A job, which may
    be run again.
    """
    with transaction() as session:
        return _erase(session, _old()) + _erase_of_tables(session)
