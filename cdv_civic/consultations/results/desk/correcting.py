"""Correcting what is published: another version, with its date and its reason, beside the ones before."""

from flask import abort, flash, render_template, url_for

from cdv_civic.consultations.results.desk.blueprint import at_desk, blueprint, to_desk
from cdv_civic.consultations.results.forms import ResultsCorrectionForm
from cdv_civic.consultations.results.operations import closing
from cdv_civic.consultations.results.queries.heads import versions_of
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor


@blueprint.route("/corriger", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def correct(slug: str) -> Answer:
    """Count anew, without a sheet that was entered twice, or with what was read in words since."""
    found = at_desk(slug, "consultation.edit")
    versions = versions_of(found.head.id)
    if not versions:
        abort(404)
    form = ResultsCorrectionForm(data={"number": str(versions[0].number)})
    status = submit(
        form,
        lambda: closing.correct_results(
            actor(),
            found.head.id,
            form.note.data or "",
            version=form.shown,
            remove=closing.without_sheet(form.sheet_number.data) if form.sheet_number.data else None,
        ),
    )
    if status is None:
        flash(_("La nouvelle version est publiée, avec votre phrase."), "success")
        return to_desk(slug)
    page = render_template(
        "consultations/results/correct.html",
        head=found.head,
        form=form,
        back=url_for("consultation_results_desk.show", slug=slug),
    )
    return page, status
