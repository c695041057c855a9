"""« Messages transmis à votre organisme »: what its contacts read, and the answer that they give to the body."""

from flask import abort, flash, redirect, render_template, request, url_for

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.decisions import reach_of, require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.core.web.desk import Answer, actor, desk_blueprint
from cdv_civic.drafts.forms import draft_of
from cdv_civic.territory.scopes import touched_scope
from cdv_civic.voices.drafts import REPLY
from cdv_civic.voices.forms import ReplyForm
from cdv_civic.voices.operations import replying
from cdv_civic.voices.queries.organisations import (
    KEY_PARTS,
    TransmittedVoice,
    transmitted_one,
    transmitted_page,
    transmitted_waiting,
)

blueprint = desk_blueprint("transmitted_desk", __name__, "/transmis")


@blueprint.get("")
@policy("voice.reply")
def show() -> str:
    """What lies at the organisations of the person: what waits for an answer first, the oldest first."""
    reach = reach_of(actor(), "voice.reply")
    cursor = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=KEY_PARTS)
    page = transmitted_page(reach, cursor)
    address = "transmitted_desk.show"
    return render_template(
        "voices/transmitted.html",
        voices=page.rows,
        waiting=transmitted_waiting(reach),
        several=len({voice.organisation_id for voice in page.rows}) > 1,
        today=clock.today(),
        previous_url=url_for(address, avant=write_key(page.previous_key)) if page.previous_key else None,
        next_url=url_for(address, apres=write_key(page.next_key)) if page.next_key else None,
    )


def _transmitted(voice_id: int) -> TransmittedVoice:
    voice = transmitted_one(voice_id)
    if voice is None:
        abort(404)
    scope = Scope(ScopeKind.ORGANISATION, voice.organisation_id)
    require(actor(), "voice.reply", touched_scope(db.session(), scope))
    return voice


@blueprint.route("/<int:voice_id>", methods=["GET", "POST"])
@policy("voice.reply")
@keeps_form
def reply(voice_id: int) -> Answer:
    """One word, and the answer to the body that passed it on."""
    voice = _transmitted(voice_id)
    form = ReplyForm(data={"reply": voice.reply or "", "version": str(voice.version)})
    draft = draft_of(form, REPLY, voice_id)
    if draft.was_kept():
        return draft.to_list()
    status = submit(
        form,
        lambda: replying.reply(
            actor(), voice_id, form.reply.data or "", version=form.version.number, draft=draft.sent
        ),
    )
    if status is None:
        draft.forget_on_device()
        flash(
            _(
                "C’est envoyé au groupe «\u00a0%(body)s\u00a0». Il donne votre réponse à la personne.",
                body=voice.body,
            ),
            "success",
        )
        return redirect(url_for("transmitted_desk.show"), 303)
    page = render_template(
        "voices/transmitted_reply.html", voice=voice, form=form, draft=draft, today=clock.today()
    )
    return page, status
