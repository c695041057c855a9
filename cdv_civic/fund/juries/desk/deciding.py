"""The desk: what a meeting decides, its closing, its minutes."""

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit, submit_for
from cdv_civic.core.forms.texts import text_data
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.localized import texts_in_all
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, number_in
from cdv_civic.fund.juries.desk.blueprint import (
    back_to_meeting,
    blueprint,
    book_at_desk,
    item_at_desk,
    meeting_at_desk,
)
from cdv_civic.fund.juries.forms import decision_form, typed_euros
from cdv_civic.fund.juries.minutes import minutes_page
from cdv_civic.fund.juries.operations import deciding as operations
from cdv_civic.fund.juries.operations.closing import close_meeting
from cdv_civic.fund.juries.operations.meetings import publish_minutes
from cdv_civic.fund.juries.queries.meetings import AgendaItem, EnvelopeLeft, MeetingBook
from cdv_civic.fund.juries.queries.minutes import minutes_of
from cdv_civic.fund.juries.wording import OUTCOMES
from cdv_civic.fund.project_reading import read_project
from cdv_civic.fund.project_words import ENVELOPE_SCOPES, cents_text
from cdv_civic.fund.rules.juries import JuryOutcome


def _envelope_label(each: EnvelopeLeft, own_cents: int) -> str:
    """« Pour un quartier · Plateau : il reste 800 € », what this project was given before being free again."""
    name = (
        f"{ENVELOPE_SCOPES[each.scope]} · {each.quartier}"
        if each.quartier
        else str(ENVELOPE_SCOPES[each.scope])
    )
    return _(
        "%(envelope)s\u00a0: il reste %(left)s",
        envelope=name,
        left=cents_text(max(each.left_pending_cents + own_cents, 0)),
    )


def _likely_envelope(book: MeetingBook, item: AgendaItem) -> int | None:
    """The envelope that the project was put in, or the only one."""
    known = [each.id for each in book.envelopes]
    if item.project_envelope_id in known:
        return item.project_envelope_id
    return known[0] if len(known) == 1 else None


def _begins_with(book: MeetingBook, item: AgendaItem) -> dict[str, Any]:
    reason, elsewhere = texts_in_all(item.reason_id, item.elsewhere_id or book.meeting.elsewhere_id)
    decided = item.outcome in (JuryOutcome.SELECTED.value, JuryOutcome.NOT_SELECTED.value)
    data: dict[str, Any] = {
        "version": str(item.version),
        "heard": item.heard,
        "yes": item.yes,
        "no": item.no,
        "amount": typed_euros(item.amount_cents if item.amount_cents is not None else item.asked_cents),
        "envelope": str(item.envelope_id or _likely_envelope(book, item) or ""),
        **text_data("reason", reason),
        **text_data("elsewhere", elsewhere),
    }
    if decided:
        data["selected"] = "oui" if item.outcome == JuryOutcome.SELECTED.value else "non"
    return data


@blueprint.route("/reunions/<int:meeting_id>/projets/<int:item_id>", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def decide(meeting_id: int, item_id: int) -> Answer:
    """Enter what was decided of a project, or correct it."""
    book, item = item_at_desk(meeting_id, item_id)
    if book.meeting.closed:
        return back_to_meeting(meeting_id, _("Cette réunion est close\u00a0: rien n’y change plus."), "info")
    if book.is_aside(item):
        return back_to_meeting(meeting_id, operations.LINKED, "info")
    form = decision_form(
        site_languages(),
        _begins_with(book, item),
        [
            (
                each.id,
                _envelope_label(each, (item.amount_cents or 0) if item.envelope_id == each.id else 0),
            )
            for each in book.envelopes
        ],
    )
    for unused in ("yes", "no") if book.meeting.by_marks else ("selected",):
        del form[unused]
    status, outcome = submit_for(
        form,
        lambda: operations.decide(actor(), item_id, form.said(), version=form.version.number),
    )
    if outcome is not None:
        return back_to_meeting(
            meeting_id,
            _(
                "C’est noté\u00a0: %(outcome)s. Vous pouvez le corriger jusqu’à la fin de la réunion.",
                outcome=OUTCOMES[outcome.value].label,
            ),
        )
    page = render_template(
        "fund/juries/decide.html",
        book=book,
        meeting=book.meeting,
        item=item,
        project=read_project(item.project_id, current_language().tag),
        form=form,
        languages_to=site_languages(),
    )
    return page, status


@blueprint.post("/reunions/<int:meeting_id>/projets/<int:item_id>/effacer")
@policy("fund.edit")
def undecide(meeting_id: int, item_id: int) -> AnyResponse:
    """Take back what was entered of a project."""
    item_at_desk(meeting_id, item_id)
    version = number_in(request.form.get("version")) or 0
    press(
        lambda: operations.undecide(actor(), item_id, version=version),
        lambda _done: _("La décision entrée est effacée."),
    )
    return back_to_meeting(meeting_id)


@blueprint.route("/reunions/<int:meeting_id>/clore", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def close(meeting_id: int) -> Answer:
    """Ask first; then all decisions are written, and carriers are told."""
    book = book_at_desk(meeting_id)
    form = ButtonForm()
    status, closed = submit_for(form, lambda: close_meeting(actor(), meeting_id))
    if closed is not None:
        return back_to_meeting(
            meeting_id,
            _("La réunion est close. Les décisions sont enregistrées, et les personnes sont prévenues.")
            if closed
            else _("La réunion était déjà close."),
        )
    page = render_template(
        "fund/juries/close.html", book=book, meeting=book.meeting, form=form, outcomes=OUTCOMES
    )
    return page, status


@blueprint.route("/reunions/<int:meeting_id>/compte-rendu", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def minutes(meeting_id: int) -> Answer:
    """The minutes as everybody will read them; then show them to everybody."""
    shown = meeting_at_desk(meeting_id)
    if not shown.closed:
        return back_to_meeting(
            meeting_id, _("Fermez d’abord la réunion\u00a0: le compte rendu dit ce qui est décidé."), "info"
        )
    form = ButtonForm()
    status = submit(form, lambda: publish_minutes(actor(), meeting_id))
    if status is None:
        return back_to_meeting(meeting_id, _("Le compte rendu est public."))
    page = render_template(
        "fund/juries/publish.html",
        minutes=minutes_page(minutes_of(shown, current_language().tag)),
        meeting=shown,
        form=form,
        back_url=url_for("juries_desk.meeting", meeting_id=meeting_id),
    )
    return page, status
