"""What pages read of recorded voices. Every function says what it costs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cdv_civic.consultations.models import Consultation, ConsultationQuestion
from cdv_civic.consultations.organiser_models import ConsultationRecording
from cdv_civic.consultations.queries.moments import MOMENTS, calendar_in
from cdv_civic.consultations.rules.calendar import ConsultationCalendar
from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.uploads.stored_files import StoredFile


@dataclass(frozen=True)
class VoicedConsultation:
    """A consultation, for whoever gives it voices."""

    id: int
    slug: str
    title: Words
    calendar: ConsultationCalendar


def voiced_consultation(slug: str, language: str) -> VoicedConsultation | None:
    """A consultation by its slug, also one that is prepared; None: there is none. 1 statement."""
    title = Localized("title", Consultation.title_id, language)
    row = rows_of(
        title.join(
            select(Consultation.id, Consultation.slug, *MOMENTS, *title.columns).where(
                Consultation.slug == slug
            )
        )
    ).first()
    return None if row is None else VoicedConsultation(row.id, row.slug, title.words(row), calendar_in(row))


@dataclass(frozen=True)
class RecordedVoice:
    """A voice in the list of those who give them."""

    id: int
    question_id: int
    language: str
    key: str
    uploaded_at: datetime


def voices_of(consultation_id: int) -> list[RecordedVoice]:
    """The voices of a consultation, in the order in which they came; 1 statement."""
    recording = ConsultationRecording
    rows = rows_of(
        select(recording.id, recording.question_id, recording.language, StoredFile.key, recording.uploaded_at)
        .join(StoredFile, StoredFile.id == recording.file_id)
        .where(recording.consultation_id == consultation_id)
        .order_by(recording.id)
    )
    return [RecordedVoice(*row) for row in rows]


def file_of(key: str) -> tuple[StoredFile, Consultation] | None:
    """The file of a voice by its name in addresses, and its consultation; None: there is none, or it reads what
    moderation hides. 1 statement."""
    found = db.session.execute(
        select(StoredFile, Consultation)
        .join(ConsultationRecording, ConsultationRecording.file_id == StoredFile.id)
        .join(Consultation, Consultation.id == ConsultationRecording.consultation_id)
        .join(ConsultationQuestion, ConsultationQuestion.id == ConsultationRecording.question_id)
        .where(StoredFile.key == key, ConsultationQuestion.hidden_at.is_(None))
    ).one_or_none()
    return None if found is None else (found[0], found[1])
