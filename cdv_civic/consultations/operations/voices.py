"""Erasing recorded voices, within an act that takes away what they read."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.organiser_models import ConsultationRecording
from cdv_civic.core import ledger
from cdv_civic.core.db import raise_tags
from cdv_civic.core.uploads.stored_files import StoredFile

#: The kind of line in the ledger.
ERASED = "consultation.voice"


def forget_recordings(session: Session, which: ColumnElement[bool]) -> int:
    """Erase some voices, within the caller's transaction; how many."""
    found = session.execute(select(ConsultationRecording).where(which)).scalars().all()
    erase_voices(session, found)
    return len(found)


def erase_voices(session: Session, recordings: Sequence[ConsultationRecording]) -> None:
    """Erase these voices with their files, within the caller's transaction; a restore does not bring them back."""
    ledger.note_many(session, ERASED, [(each.id, each.client_key) for each in recordings])
    raise_tags(session, *{consultation_tag(each.consultation_id) for each in recordings})
    files = [each.file_id for each in recordings]
    for each in recordings:
        session.delete(each)
    session.flush()
    session.execute(
        delete(StoredFile).where(StoredFile.id.in_(files)).execution_options(synchronize_session=False)
    )
