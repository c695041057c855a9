"""What « Mes données » shows of the voices that somebody put on the site, and what is left of them afterwards."""

from collections.abc import Mapping, Sequence

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.personal_parts import PersonalPart, register_part
from cdv_civic.consultations.models import ConsultationQuestion
from cdv_civic.consultations.organiser_models import ConsultationRecording
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.spoken import language_name
from cdv_civic.core.localized import LocalizedText


def read(session: Session, account_id: int) -> Sequence[Mapping[str, object]]:
    """The voices that an account put on the site, the newest first; 1 statement."""
    recording = ConsultationRecording
    rows = session.execute(
        select(recording.language, recording.uploaded_at, LocalizedText.original.label("question"))
        .join(ConsultationQuestion, ConsultationQuestion.id == recording.question_id)
        .join(LocalizedText, LocalizedText.id == ConsultationQuestion.text_id)
        .where(recording.uploaded_by == account_id)
        .order_by(recording.id.desc())
    ).all()
    return [
        {
            "question": row.question,
            "language": language_name(row.language),
            "uploaded_at": row.uploaded_at,
        }
        for row in rows
    ]


def erase(session: Session, account_id: int) -> None:
    """Leave the voices without the person."""
    session.execute(
        update(ConsultationRecording)
        .where(ConsultationRecording.uploaded_by == account_id)
        .values(uploaded_by=None)
        .execution_options(synchronize_session=False)
    )


def register(app: Flask) -> None:
    """Declare the part."""
    register_part(
        app,
        PersonalPart(
            "consultation_voices",
            _l("Les voix que vous avez données à des consultations"),
            read,
            erase,
            words={
                "question": _l("Question"),
                "language": _l("Langue"),
                "uploaded_at": _l("Quand"),
            },
            stays=_l(
                "Les voix que vous avez envoyées pour des consultations restent, sans lien avec votre compte. Si l’une "
                "est la vôtre, demandez d’abord à l’équipe de l’enlever."
            ),
        ),
    )
