"""Lines of the ledger about recorded voices: one that was taken off or replaced is not heard again."""

from flask import Flask
from sqlalchemy.orm import Session

from cdv_civic.consultations.operations.voices import ERASED, forget_recordings
from cdv_civic.consultations.organiser_models import ConsultationRecording
from cdv_civic.core.ledger import LedgerLine, register_kind


def _erase(session: Session, line: LedgerLine) -> bool:
    recording = ConsultationRecording
    return bool(forget_recordings(session, (recording.id == line.id) & (recording.client_key == line.born)))


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, ERASED, _erase)
