"""The minutes of a commission, for everybody."""

from typing import Final

from flask import Blueprint, abort, render_template, url_for
from werkzeug.wrappers import Response

from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.validity import shows_only
from cdv_civic.fund.cache_tags import fund_tag
from cdv_civic.fund.juries.minutes import MinutesPage, minutes_page, pdf_of
from cdv_civic.fund.juries.queries.meetings import meeting_at
from cdv_civic.fund.juries.queries.minutes import minutes_of, public_meeting

blueprint: Final = Blueprint("fund_juries", __name__, url_prefix="/<lang>/fonds")


def _minutes(slug: str, round_slug: str, meeting_id: int) -> MinutesPage:
    """Minutes that everybody reads, or 404; 5 statements."""
    fund_id = public_meeting(slug, round_slug, meeting_id)
    language = current_language().tag
    meeting = meeting_at(meeting_id, language) if fund_id is not None else None
    if fund_id is None or meeting is None:
        abort(404)
    shows_only(fund_tag(fund_id))
    return minutes_page(minutes_of(meeting, language))


@blueprint.get("/<slug>/<round_slug>/commissions/<int:meeting_id>")
@policy("public")
def minutes(slug: str, round_slug: str, meeting_id: int) -> str:
    """The minutes of a meeting."""
    return render_template("fund/juries/minutes.html", minutes=_minutes(slug, round_slug, meeting_id))


@blueprint.get("/<slug>/<round_slug>/commissions/<int:meeting_id>.pdf")
@policy("public")
def pdf(slug: str, round_slug: str, meeting_id: int) -> Response:
    """The same, as a PDF."""
    page = render_template(
        "fund/juries/printed_minutes.html",
        minutes=_minutes(slug, round_slug, meeting_id),
        back=url_for("fund_juries.minutes", slug=slug, round_slug=round_slug, meeting_id=meeting_id),
        for_pdf=True,
    )
    return pdf_of(page, meeting_id)
