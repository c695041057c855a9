"""The desk: projects on which a body gives its opinion, and the opinion."""

from typing import Any, Final

from flask import abort, flash, redirect, render_template, url_for

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.forms.texts import text_data
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.policy.decisions import may, reach_of, require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, desk_blueprint
from cdv_civic.drafts.forms import draft_of
from cdv_civic.fund.opinions import operations
from cdv_civic.fund.opinions.drafts import OPINION
from cdv_civic.fund.opinions.forms import opinion_form
from cdv_civic.fund.opinions.queries import (
    AskedBody,
    GivenOpinion,
    asked_body,
    judging_bodies,
    opinions_of,
    reasons_in_all,
)
from cdv_civic.fund.project_reading import ReadProject, read_project
from cdv_civic.fund.scopes import GIVE_OPINION, READ_FOR_OPINION
from cdv_civic.territory.scopes import touched_body

blueprint: Final = desk_blueprint("opinions_desk", __name__, "/avis")


@blueprint.get("")
@policy("opinion.read")
def index() -> str:
    """The projects that wait for the opinion of bodies within reach."""
    bodies = judging_bodies(reach_of(actor(), READ_FOR_OPINION), actor().actor_id, current_language().tag)
    return render_template("fund/opinions/index.html", bodies=bodies, today=clock.today())


def _asked(body_id: int, project_id: int, action: str) -> tuple[AskedBody, ReadProject, GivenOpinion | None]:
    """The body and the project of a page, with the opinion that stands; 404, or `Forbidden`. 8 statements at most."""
    asked = asked_body(body_id, project_id, actor().actor_id)
    if asked is None or asked.linked:
        abort(404)
    require(actor(), action, touched_body(db.session(), body_id))
    language = current_language().tag
    project = read_project(project_id, language)
    if project is None:
        abort(404)
    given = next((each for each in opinions_of(project_id, language) if each.body_id == body_id), None)
    return asked, project, given


@blueprint.get("/<int:body_id>/<int:project_id>")
@policy("opinion.read")
def show(body_id: int, project_id: int) -> str:
    """A project as it is judged, and what the body said of it."""
    asked, project, given = _asked(body_id, project_id, READ_FOR_OPINION)
    return render_template(
        "fund/opinions/show.html",
        body=asked,
        project=project,
        given=given,
        own_words=operations.OWN_PROJECT,
        gives=asked.open
        and not asked.own
        and may(actor(), GIVE_OPINION, touched_body(db.session(), body_id)),
    )


@blueprint.route("/<int:body_id>/<int:project_id>/donner", methods=["GET", "POST"])
@policy("opinion.give")
@keeps_form
def give(body_id: int, project_id: int) -> Answer:
    """The form of an opinion, new or corrected."""
    asked, project, given = _asked(body_id, project_id, GIVE_OPINION)
    here = url_for("opinions_desk.show", body_id=body_id, project_id=project_id)
    if asked.own or not asked.open:
        return redirect(here, 303)
    data: dict[str, Any] = {"version": "0", "given_on": clock.today(), "aside": 0}
    if given is not None:
        data = {
            "version": str(given.version),
            "stance": given.stance.code,
            "given_on": given.given_on,
            "aside": given.aside,
            **text_data("reasons", reasons_in_all(body_id, project_id)),
        }
    form = opinion_form(site_languages(), data)
    draft = draft_of(form, OPINION, body_id, project_id)
    if draft.was_kept():
        return draft.to_list()
    status, went_on = submit_for(
        form,
        lambda: operations.give_opinion(
            actor(),
            body_id,
            project_id,
            form.said(),
            version=form.version.number,
            client_key=form.client_key.data or "",
            sent=draft.sent,
        ),
    )
    if went_on is None:
        page = render_template(
            "fund/opinions/give.html",
            body=asked,
            project=project,
            given=given,
            form=form,
            draft=draft,
            languages_to=site_languages(),
        )
        return page, status
    draft.forget_on_device()
    flash(
        _("C’est enregistré. Tous les avis sont là\u00a0: le projet attend maintenant le choix.")
        if went_on
        else _("C’est enregistré. Tout le monde lira cet avis avec la décision."),
        "success",
    )
    return redirect(here, 303)
