"""How a body listens: whether its form is open and when, by when it answers, who reads."""

from flask import flash, redirect, render_template, url_for

from cdv_civic.bodies.desk.blueprint import residents_body_at_desk
from cdv_civic.core import clock
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.forms.texts import text_data, texts_of
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.localized import texts_in_all
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.participation.rules.phases import first_day, last_day
from cdv_civic.voices.desk.blueprint import blueprint
from cdv_civic.voices.forms import ListeningForm, moderators_form
from cdv_civic.voices.operations import keeping
from cdv_civic.voices.queries.listening import options_of


@blueprint.route("/<int:body_id>/parole/reglages", methods=["GET", "POST"])
@policy("voice.answer")
@keeps_form
def options(body_id: int) -> Answer:
    """Whether the form is open and when, by when the body answers, who reads."""
    body = residents_body_at_desk(body_id, "voice.answer")
    now = options_of(body_id)
    (readers,) = texts_in_all(now.readers_id)
    form = moderators_form(
        ListeningForm,
        "readers",
        _l("Qui lit"),
        site_languages(),
        hint=_l("Une phrase, montrée sur le formulaire : « Les six personnes du bureau du conseil. »"),
        data={
            "is_open": now.is_open,
            "opens_on": now.opens_at and first_day(now.opens_at, clock.zone()),
            "closes_on": now.closes_at and last_day(now.closes_at, clock.zone()),
            "due_days": now.due_days,
            "version": str(now.version),
            **text_data("readers", readers),
        },
    )
    status = submit(
        form,
        lambda: keeping.describe_listening(
            actor(),
            body_id,
            is_open=form.is_open.data,
            opens_on=form.opens_on.data,
            closes_on=form.closes_on.data,
            due_days=form.due_days.data,
            readers=texts_of(form, "readers"),
            version=form.version.number,
        ),
    )
    if status is None:
        flash(_("C’est enregistré."), "success")
        return redirect(url_for("voices_desk.show", body_id=body_id), 303)
    page = render_template("voices/options.html", body=body, form=form, languages_to=site_languages())
    return page, status
