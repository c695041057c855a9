"""The page on which an organiser says in which box a step takes ideas."""

from flask import abort, flash, redirect, render_template, url_for

from cdv_civic.consultations.kinds.ideas.forms import NEW, idea_step_form
from cdv_civic.consultations.kinds.ideas.operations import KIND, choose_box, prepare_box
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.queries.desk import desk_consultation
from cdv_civic.consultations.queries.ideas import box_of_step, free_boxes
from cdv_civic.consultations.scopes import touched_consultation
from cdv_civic.core.db import db
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.forms.texts import texts_of
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, desk_blueprint, number_in
from cdv_civic.ideas.operations.boxes import BoxSettings

blueprint = desk_blueprint("consultation_ideas_desk", __name__, "/consultations/<slug>/idees")


@blueprint.route("/<int:step_id>", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def settings(slug: str, step_id: int) -> Answer:
    """The box of a step: one that the keeper has prepared, or a new one."""
    language = current_language().tag
    found = desk_consultation(slug, language)
    if found is None:
        abort(404)
    require(actor(), "consultation.edit", touched_consultation(db.session(), found))
    steps = definition_of(found.id, SOURCE_LANGUAGE).steps
    if not any(each.id == step_id and each.kind == KIND for each in steps):
        abort(404)
    box = box_of_step(step_id, language)
    free = free_boxes(found.contract_id, found.body_id, found.commune_id, language)
    form = idea_step_form(
        site_languages(),
        [*([(box.box_id, box.title.text)] if box else []), *((number, title.text) for number, title in free)],
        version=found.version,
        chosen=box.box_id if box else None,
    )

    def act() -> None:
        version = form.version.number
        if form.box.data != NEW:
            choose_box(actor(), found.id, step_id, number_in(form.box.data) or 0, version=version)
            return
        new = BoxSettings(texts_of(form, "title"), texts_of(form, "question"), texts_of(form, "answerer"))
        prepare_box(actor(), found.id, step_id, new, client_key=form.client_key.data or "", version=version)

    status = submit(form, act)
    if status is None:
        flash(_("C’est enregistré."), "success")
        return redirect(url_for("consultations_desk.questions", slug=slug, _anchor=f"etape-{step_id}"), 303)
    page = render_template(
        "consultations/ideas/settings.html", found=found, form=form, box=box, languages_to=site_languages()
    )
    return page, status
