"""After a permanence: words typed in one after the other."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for

from cdv_civic.bodies.desk.blueprint import residents_body_at_desk
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.policy.decisions import may
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.participation.rules.channels import CHANNELS, Channel
from cdv_civic.territory.scopes import touched_body
from cdv_civic.voices.desk.blueprint import blueprint
from cdv_civic.voices.forms import NoteForm, said_form, voice_of
from cdv_civic.voices.operations import receiving
from cdv_civic.voices.queries.counts import entered_today
from cdv_civic.voices.queries.listening import quartiers_heard


def _day(typed: str | None) -> date:
    try:
        return date.fromisoformat(typed or "")
    except ValueError:
        return clock.today()


@blueprint.route("/<int:body_id>/parole/saisir", methods=["GET", "POST"])
@policy("voice.enter")
@keeps_form
def enter(body_id: int) -> Answer:
    """Note a word, then the next: place, day and quartier stay as they were."""
    body = residents_body_at_desk(body_id, "voice.enter")
    args = request.args
    form = said_form(
        NoteForm,
        quartiers_heard(body_id),
        site_languages(),
        {
            "channel": args.get("lieu") if args.get("lieu") in CHANNELS else Channel.PERMANENCE.value,
            "received_on": _day(args.get("jour")),
            "quartier": args.get("quartier", ""),
            "contact_language": current_language().tag,
        },
    )
    status, got = submit_for(
        form,
        lambda: receiving.write_down(
            actor(),
            voice_of(
                form,
                body_id,
                channel=form.channel.data or "",
                received_on=form.received_on.data,
                receipt=form.receipt.data or "",
            ),
        ),
    )
    if got is not None:
        flash(_("C’est noté. Reçu pour la personne : %(code)s", code=got.receipt), "success")
        return redirect(
            url_for(
                "voices_desk.enter",
                body_id=body_id,
                lieu=form.channel.data,
                jour=form.received_on.data.isoformat() if form.received_on.data else None,
                quartier=form.quartier.data or None,
            ),
            303,
        )
    page = render_template(
        "voices/enter.html",
        body=body,
        form=form,
        entered=entered_today(actor().actor_id or 0, body_id),
        reads=may(actor(), "voice.answer", touched_body(db.session(), body_id)),
    )
    return page, status
