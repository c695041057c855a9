"""The pictures among which one chooses."""

from flask import Blueprint, Response, abort
from flask_login import current_user
from sqlalchemy import select

from cdv_civic.consultations.models import Consultation, ConsultationOption, ConsultationQuestion
from cdv_civic.consultations.scopes import touched_consultation
from cdv_civic.core.db import db
from cdv_civic.core.policy.decisions import may
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.uploads.serving import answer_with
from cdv_civic.core.uploads.stored_files import StoredFile

#: Files have no language.
blueprint = Blueprint("consultation_pictures", __name__)


@blueprint.get("/fichiers/consultations/<key>/<size>")
@policy("public")
def show(key: str, size: str) -> Response:
    """A picture of a published consultation; those who see one prepared, its own before. Gone once it is withdrawn."""
    found = db.session.execute(
        select(StoredFile, Consultation)
        .join(ConsultationOption, ConsultationOption.picture_id == StoredFile.id)
        .join(ConsultationQuestion, ConsultationQuestion.id == ConsultationOption.question_id)
        .join(Consultation, Consultation.id == ConsultationQuestion.consultation_id)
        .where(StoredFile.key == key)
    ).one_or_none()
    if found is None:
        abort(404)
    row, consultation = found
    if consultation.published_at is not None and consultation.withdrawn_at is None:
        return answer_with(row, size, f"image-{row.id}.pdf")
    actor = current_user if current_user.is_authenticated else None
    if not may(actor, "consultation.read", touched_consultation(db.session(), consultation)):
        abort(404)
    answer = answer_with(row, size, f"image-{row.id}.pdf")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
