"""The desk of appeals: the list of those that wait, and the page to answer one."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.forms.texts import texts_of
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, desk_blueprint
from cdv_civic.moderation.appeals.desk_queries import KEY_PARTS, AppealAtDesk, appeal_at_desk, appeals_page
from cdv_civic.moderation.appeals.forms import answer_form, answer_of
from cdv_civic.moderation.appeals.operations.answering import (
    ACTION,
    decide_appeal,
    require_answer,
    seen_version,
)
from cdv_civic.moderation.models import ModeratedText, ModerationAppeal, ModerationDecision

blueprint = desk_blueprint("appeals_desk", __name__, "/recours")


@blueprint.get("")
@policy("appeal.decide")
def table() -> str:
    """The appeals that somebody may answer, the oldest first."""
    cursor = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=KEY_PARTS)
    page = appeals_page(actor(), reach_of(actor(), ACTION), cursor)

    def address(**where: Any) -> str:
        return url_for("appeals_desk.table", **where)

    return render_template(
        "moderation/appeals/table.html",
        rows=page.rows,
        previous_url=address(avant=write_key(page.previous_key)) if page.previous_key else None,
        next_url=address(apres=write_key(page.next_key)) if page.next_key else None,
    )


def _appeal(appeal_id: int) -> AppealAtDesk:
    """An appeal for whoever may answer it; 404 or `Forbidden` otherwise."""
    found = appeal_at_desk(appeal_id, current_language().tag)
    row = db.session.get(ModerationAppeal, appeal_id)
    decision = db.session.get(ModerationDecision, row.decision_id) if row is not None else None
    if found is None or row is None or decision is None:
        abort(404)
    require_answer(db.session(), actor(), row, db.session.get_one(ModeratedText, decision.text_id))
    return found


@blueprint.route("/<int:appeal_id>", methods=["GET", "POST"])
@policy("appeal.decide")
@keeps_form
def answer(appeal_id: int) -> Answer:
    """One appeal: what was written, what was decided and why, what is said against it; and the answer."""
    appeal = _appeal(appeal_id)
    if appeal.outcome is not None and request.method == "GET":
        flash(_("Ce recours a déjà sa réponse."), "info")
        return redirect(url_for("appeals_desk.table"), 303)
    form = answer_form(appeal, site_languages(), seen_version(appeal.version, appeal.text_version))
    status, done = submit_for(
        form,
        lambda: (
            decide_appeal(
                actor(), appeal_id, answer_of(form, texts_of(form, "answer")), version=form.version.number
            ),
        ),
    )
    if done is not None:
        said = (
            _("C’est répondu. Le texte est à jour, et les deux personnes le savent.")
            if done[0]
            else _("C’est répondu. Les deux personnes le savent.")
        )
        flash(said, "success")
        return redirect(url_for("appeals_desk.table"), 303)
    page = render_template(
        "moderation/appeals/answer.html",
        appeal=appeal,
        form=form,
        late=appeal.due_at < clock.now(),
        languages_to=site_languages(),
    )
    return page, status
