"""The page on which an organiser sets a step of sentences, and adds many at once."""

from flask import abort, flash, redirect, render_template, url_for

from cdv_civic.consultations.kinds.statements.forms import StepSettingsForm
from cdv_civic.consultations.kinds.statements.operations import StepSettings, set_step
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.queries.desk import desk_consultation
from cdv_civic.consultations.scopes import touched_consultation
from cdv_civic.core.db import db
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, desk_blueprint

blueprint = desk_blueprint("consultation_statements_desk", __name__, "/consultations/<slug>/phrases")


@blueprint.route("/<int:step_id>", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def settings(slug: str, step_id: int) -> Answer:
    """What is set of a step, and sentences to add to it."""
    found = desk_consultation(slug, current_language().tag)
    if found is None:
        abort(404)
    require(actor(), "consultation.edit", touched_consultation(db.session(), found))
    steps = definition_of(found.id, SOURCE_LANGUAGE).steps
    step = next((each for each in steps if each.id == step_id and each.kind == "statements"), None)
    if step is None:
        abort(404)
    form = StepSettingsForm(
        data={
            "version": str(found.version),
            "takes_sentences": step.takes_sentences,
            "opinion_groups": step.opinion_groups,
        }
    )
    status = submit(
        form,
        lambda: set_step(
            actor(),
            found.id,
            step_id,
            StepSettings(
                bool(form.takes_sentences.data),
                bool(form.opinion_groups.data),
                [line for line in (form.sentences.data or "").splitlines() if line.strip()],
            ),
            version=form.version.number,
        ),
    )
    if status is None:
        flash(_("C’est enregistré."), "success")
        return redirect(url_for("consultations_desk.questions", slug=slug, _anchor=f"etape-{step_id}"), 303)
    page = render_template(
        "consultations/statements/settings.html",
        found=found,
        form=form,
        there=[each.words for each in step.questions],
    )
    return page, status
