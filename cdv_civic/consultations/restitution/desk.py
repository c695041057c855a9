"""The answer at the desk: what waits for one, writing it, reading it as residents will, publishing it."""

from typing import Final

from flask import abort, flash, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.public.queries.cards import cards_where
from cdv_civic.consultations.restitution.drafts import REPLY
from cdv_civic.consultations.restitution.forms import reply_form
from cdv_civic.consultations.restitution.operations import ACTION, publish_reply, save_reply
from cdv_civic.consultations.restitution.queries import (
    DeskReply,
    desk_reply,
    heard_counts,
    reply_of,
)
from cdv_civic.consultations.restitution.rules import lacks, share_of
from cdv_civic.consultations.restitution.wording import HEARD_WORDS
from cdv_civic.consultations.restitution.work import worked_for
from cdv_civic.consultations.scopes import touched_consultation
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.policy.decisions import may, reach_of, require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, desk_blueprint
from cdv_civic.drafts.forms import draft_of

blueprint = desk_blueprint("consultation_restitution_desk", __name__, "")
#: Consultations that the list shows.
MOST_LISTED: Final = 200


def _at_desk(slug: str) -> DeskReply:
    """The consultation of a page, for whoever may answer in its name; 404 or `Forbidden` otherwise."""
    found = desk_reply(slug, current_language().tag)
    if found is None:
        abort(404)
    session = db.session()
    row = session.execute(select(Consultation).where(Consultation.id == found.consultation_id)).scalar_one()
    require(actor(), ACTION, touched_consultation(session, row))
    return found


@blueprint.get("/consultations-a-repondre")
@policy("consultation.edit")
def index() -> str:
    """Consultations that are closed and wait for their answer, the first that is due first. 2 statements."""
    ended = Consultation.closes_at <= clock.now()
    reach = reach_of(actor(), ACTION)
    cards = cards_where(
        ended & Consultation.answered_at.is_(None) & worked_for(reach),
        current_language().tag,
        clock.now(),
        MOST_LISTED,
    )
    cards.sort(key=lambda card: card.calendar.answer_due_on or clock.today())
    return render_template("consultations/restitution/desk/index.html", cards=cards)


@blueprint.route("/consultations/<slug>/reponse", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def edit(slug: str) -> Answer:
    """Write the answer, and translate it; where it is published, correct it."""
    found = _at_desk(slug)
    if not found.closed:
        return render_template("consultations/restitution/desk/open.html", reply=found)
    form = reply_form(site_languages(), found)
    draft = draft_of(form, REPLY, found.consultation_id)
    if draft.was_kept():
        return draft.to_list()
    status = submit(
        form,
        lambda: save_reply(
            actor(),
            found.consultation_id,
            form.reply(),
            version=form.version.number,
            sent=draft.sent,
        ),
    )
    if status is None:
        draft.forget_on_device()
        if found.published_at is not None:
            return _back(slug, _("C’est corrigé. Les habitantes et les habitants le lisent maintenant."))
        return _back(slug, _("C’est enregistré. Personne d’autre que l’équipe ne le lit encore."))
    page = render_template(
        "consultations/restitution/desk/edit.html",
        reply=found,
        today=clock.today(),
        form=form,
        draft=draft,
        lacking=lacks(found.draft),
        share=share_of(each.fate for each in found.points),
        languages_to=site_languages(),
        heard=heard_counts(found.consultation_id) if found.published_at else {},
        heard_words=HEARD_WORDS,
        measure_url=_measure_url(found),
    )
    return page, status


def _measure_url(reply: DeskReply) -> str | None:
    """Where the share retained is written down as a measure of the first action that came of it."""
    if not reply.commitments or not may(current_user, "indicator.enter"):
        return None
    return url_for("commitments_desk.table", q=reply.commitments[0])


def _back(slug: str, said: str, kind: str = "success") -> AnyResponse:
    flash(said, kind)
    return redirect(url_for("consultation_restitution_desk.edit", slug=slug), 303)


@blueprint.get("/consultations/<slug>/reponse/apercu")
@policy("consultation.edit")
def preview(slug: str) -> str:
    """The letter as residents will read it."""
    _at_desk(slug)
    reply = reply_of(slug, current_language().tag, preview=True)
    if reply is None:
        abort(404)
    return render_template("consultations/restitution/desk/preview.html", reply=reply)


@blueprint.route("/consultations/<slug>/reponse/publier", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def publish(slug: str) -> Answer:
    """Ask first: what becomes public, and who is told."""
    found = _at_desk(slug)
    if found.published_at is not None:
        return _back(slug, _("Cette réponse est déjà publiée."), "info")
    form = VersionForm(data={"version": str(found.version)})
    status = submit(form, lambda: publish_reply(actor(), found.consultation_id, version=form.version.number))
    if status is None:
        return _back(slug, _("La réponse est publiée. Les personnes qui la suivent sont prévenues."))
    page = render_template(
        "consultations/restitution/desk/publish.html",
        reply=found,
        form=form,
        lacking=lacks(found.draft),
    )
    return page, status
