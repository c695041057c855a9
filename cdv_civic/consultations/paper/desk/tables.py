"""Sheets as a table: the model, and what came back."""

from flask import Response, flash, redirect, render_template, url_for

from cdv_civic.consultations.paper.desk.blueprint import (
    blueprint,
    consultation_at_desk,
    questions_at_desk,
    takes_sheets,
)
from cdv_civic.consultations.paper.desk.uploaded import rows_to_keep, uploaded_sheets
from cdv_civic.consultations.paper.forms import RIGHT_LINES, TableForm
from cdv_civic.consultations.paper.operations.importing import ImportedSheets, import_sheets
from cdv_civic.consultations.paper.queries.asked import PaperConsultation
from cdv_civic.consultations.paper.queries.sheets import sheets_of
from cdv_civic.consultations.paper.tables import ReadSheets, model_rows
from cdv_civic.consultations.paper.wording import imported_said, problems_said
from cdv_civic.core.csv_export import csv_answer
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.spreadsheets.writing import CONTENT_TYPE, written
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.core.web.request_limits import takes


def _model(slug: str) -> tuple[PaperConsultation, list[list[str]]]:
    consultation = consultation_at_desk(slug)
    sheets = sheets_of(consultation.id)
    return consultation, model_rows(
        consultation.slug, questions_at_desk(consultation), _("Feuille"), sheets.missing()
    )


@blueprint.get("/modele.csv")
@policy("consultation.enter")
def model_csv(slug: str) -> Response:
    """The model as a CSV file, a line for each sheet that is not typed in."""
    consultation, rows = _model(slug)
    return csv_answer(f"feuilles-{consultation.slug}.csv", rows[0], rows[1:])


@blueprint.get("/modele.xlsx")
@policy("consultation.enter")
def model_xlsx(slug: str) -> Response:
    """The same as a spreadsheet, whose first line is not shown."""
    consultation, rows = _model(slug)
    answer = Response(written("Feuilles", rows, hidden=1), content_type=CONTENT_TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename=f"feuilles-{consultation.slug}.xlsx")
    return answer


@blueprint.route("/tableau", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
@takes(megabytes_of_files=6)
def table(slug: str) -> Answer:
    """Send a table; what is wrong with it is said by line and column, and nothing is kept by halves unasked."""
    consultation = consultation_at_desk(slug)
    form = TableForm()
    reading: ReadSheets | None = None

    def act() -> ImportedSheets:
        nonlocal reading
        reading = uploaded_sheets(consultation)
        return import_sheets(actor(), consultation.id, rows_to_keep(reading, form.wrong.data == RIGHT_LINES))

    status, done = submit_for(form, act)
    if done is not None:
        flash(imported_said(done), "success")
        if reading is not None and not reading.problems:
            return redirect(url_for("consultation_paper.show", slug=slug), 303)
    page = render_template(
        "consultations/paper/table.html",
        consultation=consultation,
        form=form,
        reading=reading,
        done=done,
        problems=problems_said(reading.problems if reading else ()),
        open=takes_sheets(consultation),
    )
    return page, status
