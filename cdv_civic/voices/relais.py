"""« Écrire pour une personne »: the pages of a relais, made for one hand and a phone."""

from flask import Blueprint, abort, redirect, render_template, request, url_for

from cdv_civic.accounts.consents import FORMS, SENTENCES, GivenConsent
from cdv_civic.bodies.queries.desk import DeskBody, desk_body
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.policy.decisions import may, reach_of, require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web import navigation
from cdv_civic.core.web.desk import Answer, actor, keep_for_one_person
from cdv_civic.territory.scopes import touched_body
from cdv_civic.voices.forms import AssistForm, said_form, voice_of
from cdv_civic.voices.operations import receiving
from cdv_civic.voices.operations.receiving import Received
from cdv_civic.voices.queries.body_places import relais_bodies
from cdv_civic.voices.queries.counts import entered_today
from cdv_civic.voices.queries.listening import quartiers_heard

blueprint = Blueprint("relais", __name__, url_prefix="/<lang>/relais")
keep_for_one_person(blueprint)


def _body(body_id: int) -> DeskBody:
    body = desk_body(body_id)
    if body is None or not body.residents:
        abort(404)
    require(actor(), "voice.assist", touched_body(db.session(), body_id))
    return body


@blueprint.get("")
@policy("voice.assist")
def start() -> str:
    """To whom the person speaks, and how many words were written today: the relais sees no more of them."""
    return render_template(
        "voices/relais_start.html",
        bodies=relais_bodies(reach_of(actor(), "voice.assist")),
        today=entered_today(actor().actor_id or 0),
        street=navigation.url_if_any("street") if may(actor(), "consultation.enter") else None,
        ideas=navigation.url_if_any("ideas_relais") if may(actor(), "idea.enter") else None,
        projects=navigation.url_if_any("projects_relais") if may(actor(), "project.enter") else None,
    )


@blueprint.get("/<int:body_id>")
@policy("voice.assist")
def consent(body_id: int) -> str:
    """What is read aloud before anything is written. Languages change by the links of the page's head."""
    return render_template("voices/relais_consent.html", body=_body(body_id), sentences=SENTENCES)


@blueprint.route("/<int:body_id>/ecrire", methods=["GET", "POST"])
@policy("voice.assist")
@keeps_form
def write(body_id: int) -> Answer:
    """The person's own words. The receipt answers the POST itself, to be handed over."""
    body = _body(body_id)
    agreed = request.args.get("accord", "")
    form = said_form(
        AssistForm,
        quartiers_heard(body_id),
        site_languages(),
        {
            "contact_language": current_language().tag,
            "channel": "rue",
            "consent": agreed if agreed in FORMS else "",
            "read_in": current_language().tag,
        },
    )
    if not form.is_submitted() and not form.consent.data:
        return redirect(url_for("relais.consent", body_id=body_id))
    got: list[Received] = []

    def act() -> None:
        tags = {each.tag for each in site_languages()}
        read_in = str(form.read_in.data) if form.read_in.data in tags else current_language().tag
        word = voice_of(form, body_id, channel=form.channel.data or "")
        got.append(receiving.assist(actor(), word, GivenConsent(form.consent.data or "", read_in)))

    status = submit(form, act)
    if status is None:
        return render_template(
            "voices/relais_done.html",
            body=body,
            got=got[0],
            now=clock.today(),
            theme=form.theme.data,
            today=entered_today(actor().actor_id or 0),
        )
    page = render_template("voices/relais_write.html", body=body, form=form)
    return page, status
