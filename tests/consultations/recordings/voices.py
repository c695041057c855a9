"""Voices for tests."""

import io
from itertools import count
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.models import ConsultationQuestion
from cdv_civic.consultations.organiser_models import ConsultationRecording
from cdv_civic.consultations.recordings.operations import NewRecording, keep_recording
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.core.uploads.receiving import Upload, read_voice
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.territory.models import Quartier
from tests import factories
from tests.core.sounds import sounds

_numbers = count(1)


def voice(content: bytes | None = None) -> Upload:
    return read_voice(io.BytesIO(content or sounds.mp3_frames(1)), field="recorded")


def relais_of(quartier: Quartier) -> SignedIn:
    return factories.make_account(role="relais", scope=Scope(ScopeKind.QUARTIER, quartier.id))


def record(
    actor: SignedIn,
    question: ConsultationQuestion,
    language: str = "ar",
    upload: Upload | None = None,
    **values: Any,
) -> int:
    """Keep a voice; its id."""
    values.setdefault("client_key", f"une-voix-{next(_numbers):08}")
    new = NewRecording(question.consultation_id, question.id, language, **values)
    return keep_recording(actor, new, upload or voice())


def kept(session: Session) -> list[tuple[int, str]]:
    """The voices that there are, by question and language."""
    session.rollback()
    rows = session.execute(select(ConsultationRecording).order_by(ConsultationRecording.id)).scalars()
    return [(row.question_id, row.language) for row in rows]


def files(session: Session) -> int:
    session.rollback()
    return session.execute(select(func.count(StoredFile.id))).scalar_one()


def address_of(recording_id: int) -> str:
    """Where a voice is heard."""
    key = db.session.execute(
        select(StoredFile.key)
        .join(ConsultationRecording, ConsultationRecording.file_id == StoredFile.id)
        .where(ConsultationRecording.id == recording_id)
    ).scalar_one()
    db.session.rollback()
    return f"/fichiers/voix/{key}"
