"""The blueprint of the pages of paper, and what they share."""

from collections.abc import Sequence

from flask import abort

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.paper.form import questions_of
from cdv_civic.consultations.paper.operations.sheets import ACTION, READS
from cdv_civic.consultations.paper.queries.asked import PaperConsultation, paper_consultation
from cdv_civic.consultations.queries.definition import ShownQuestion, definition_of
from cdv_civic.consultations.rules.calendar import ENTER
from cdv_civic.consultations.scopes import touched_by_answers, touched_consultation
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.i18n.languages import Language, current_language, site_languages
from cdv_civic.core.policy.decisions import may, require
from cdv_civic.core.web.desk import actor, desk_blueprint

blueprint = desk_blueprint("consultation_paper", __name__, "/consultations/<slug>/papier")


def consultation_at_desk(slug: str, action: str = ACTION) -> PaperConsultation:
    """The consultation of a page, once whoever asks may; 404 where there is none, or `Forbidden`.

    Whoever works in one of its quartiers types its sheets in once it is public, and does not read it while it is
    prepared by others.
    """
    found = paper_consultation(slug, current_language().tag)
    if found is None:
        abort(404)
    touched = touched_by_answers if action == ACTION and found.published else touched_consultation
    require(actor(), action, touched(db.session(), db.session.get_one(Consultation, found.id)))
    return found


def reads_words(consultation: PaperConsultation) -> bool:
    """Whether whoever asks reads all that residents wrote."""
    return _may(consultation, READS)


def reads_desk(consultation: PaperConsultation) -> bool:
    """Whether whoever asks sees the page of the consultation at the desk: a relais types sheets in without."""
    return _may(consultation, "consultation.read")


def may_edit(consultation: PaperConsultation) -> bool:
    """Whether whoever asks organises it."""
    return _may(consultation, "consultation.edit")


def _may(consultation: PaperConsultation, action: str) -> bool:
    row = db.session.get_one(Consultation, consultation.id)
    return may(actor(), action, touched_consultation(db.session(), row))


def questions_at_desk(consultation: PaperConsultation) -> list[ShownQuestion]:
    """What its sheets ask, in the language of the page."""
    return questions_of(definition_of(consultation.id, current_language().tag), consultation.quartiers)


def takes_sheets(consultation: PaperConsultation) -> bool:
    """Whether sheets are typed in now."""
    calendar = consultation.calendar
    return calendar.opens_at is not None and calendar.allows(ENTER, clock.now())


def languages_of(consultation: PaperConsultation) -> Sequence[Language]:
    """The languages in which it is asked, as far as the site speaks them."""
    found = [each for each in site_languages() if each.tag in consultation.languages]
    return found or [site_languages()[0]]
