"""The blueprint of commissions, and what its pages share."""

from typing import Final

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.web.desk import actor, desk_blueprint
from cdv_civic.fund.juries.queries.funds import JuryFund, jury_fund
from cdv_civic.fund.juries.queries.meetings import AgendaItem, MeetingBook, ShownMeeting, book_of, meeting_at
from cdv_civic.fund.scopes import EDIT, touched_fund

blueprint: Final = desk_blueprint("juries_desk", __name__, "/commissions")


def fund_at_desk(fund_id: int) -> JuryFund:
    """The fund of a page, for whoever runs it; 404, or `Forbidden`. 1 statement."""
    fund = jury_fund(fund_id, current_language().tag)
    if fund is None:
        abort(404)
    require(actor(), EDIT, touched_fund(fund))
    return fund


def meeting_at_desk(meeting_id: int) -> ShownMeeting:
    """The meeting of a page, for whoever runs its fund; 404, or `Forbidden`. 1 statement."""
    meeting = meeting_at(meeting_id, current_language().tag)
    if meeting is None:
        abort(404)
    require(actor(), EDIT, touched_fund(meeting))
    return meeting


def book_at_desk(meeting_id: int) -> MeetingBook:
    """All of a meeting; 7 statements."""
    return book_of(meeting_at_desk(meeting_id), actor().actor_id, current_language().tag)


def item_at_desk(meeting_id: int, item_id: int) -> tuple[MeetingBook, AgendaItem]:
    """A meeting and one project of its agenda; 404 where it is none of them."""
    book = book_at_desk(meeting_id)
    item = next((each for each in book.items if each.id == item_id), None)
    if item is None:
        abort(404)
    return book, item


def back_to_meeting(meeting_id: int, said: object = None, kind: str = "success") -> AnyResponse:
    """To the page of a meeting, which says what was done."""
    if said is not None:
        flash(str(said), kind)
    return redirect(url_for("juries_desk.meeting", meeting_id=meeting_id), 303)


def back_to_fund(fund_id: int, said: object) -> AnyResponse:
    """To the page of a commission, which says what was done."""
    flash(str(said), "success")
    return redirect(url_for("juries_desk.fund", fund_id=fund_id), 303)
