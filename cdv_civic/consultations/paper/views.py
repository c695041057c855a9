"""The short address of a consultation, for paper."""

from flask import Blueprint, abort, redirect, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from cdv_civic.consultations.models import Consultation
from cdv_civic.core.db import rows_of
from cdv_civic.core.i18n.languages import preferred_language
from cdv_civic.core.policy.guard import policy

#: An address short enough to be typed, in no language: the telephone that reads it has its own.
blueprint = Blueprint("consultation_short", __name__)


@blueprint.get("/c/<int:consultation_id>")
@policy("public")
def at(consultation_id: int) -> Response:
    """To the page of a consultation, in the language that the browser asks for."""
    slug = rows_of(
        select(Consultation.slug).where(
            Consultation.id == consultation_id,
            Consultation.published_at.is_not(None),
            Consultation.withdrawn_at.is_(None),
        )
    ).scalar()
    if slug is None:
        abort(404)
    response = redirect(url_for("consultations.show", slug=slug, lang=preferred_language()))
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = "no-cache"
    return response
