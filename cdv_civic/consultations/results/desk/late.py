"""Sheets that were found once the results were published."""

from flask import flash, redirect, render_template, url_for

from cdv_civic.consultations.paper.desk.blueprint import consultation_at_desk
from cdv_civic.consultations.paper.desk.uploaded import rows_to_keep, uploaded_sheets
from cdv_civic.consultations.paper.operations.late import MOST, with_late_sheets
from cdv_civic.consultations.paper.tables import ReadSheets
from cdv_civic.consultations.paper.wording import problems_said
from cdv_civic.consultations.results.desk.blueprint import blueprint, to_desk
from cdv_civic.consultations.results.forms import LateSheetsForm
from cdv_civic.consultations.results.operations.closing import correct_results
from cdv_civic.consultations.results.queries.heads import versions_of
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.core.web.request_limits import takes


@blueprint.route("/retrouvees", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
@takes(megabytes_of_files=6)
def late(slug: str) -> Answer:
    """Send a table of sheets that were found late: another version of the results counts them, and says why."""
    consultation = consultation_at_desk(slug, "consultation.edit")
    versions = versions_of(consultation.id)
    if not versions:
        return redirect(url_for("consultation_paper.show", slug=slug), 303)
    form = LateSheetsForm(data={"number": str(versions[0].number)})
    reading: ReadSheets | None = None

    def act() -> int:
        nonlocal reading
        reading = uploaded_sheets(consultation, late=True)
        add = with_late_sheets(actor(), rows_to_keep(reading))
        return correct_results(actor(), consultation.id, form.note.data or "", version=form.shown, add=add)

    status, version = submit_for(form, act)
    if version is not None:
        flash(_("La nouvelle version est publiée, avec votre phrase."), "success")
        return to_desk(slug)
    page = render_template(
        "consultations/results/late.html",
        consultation=consultation,
        form=form,
        most=MOST,
        # Added answers are told by themselves: under twice the threshold a table shows nothing.
        least=2 * current_settings().small_count,
        reading=reading,
        problems=problems_said(reading.problems if reading else ()),
    )
    return page, status
