"""Which sheets there are, and printing more."""

from flask import abort, flash, redirect, render_template, request, url_for

from cdv_civic.consultations.paper import printed
from cdv_civic.consultations.paper.desk.blueprint import (
    blueprint,
    consultation_at_desk,
    languages_of,
    may_edit,
    reads_desk,
    takes_sheets,
)
from cdv_civic.consultations.paper.forms import batch_form
from cdv_civic.consultations.paper.operations.printing import reserve_batch
from cdv_civic.consultations.paper.printed import PER_PART, PaperSheet, sheets_of_paper
from cdv_civic.consultations.paper.queries.asked import PaperConsultation
from cdv_civic.consultations.paper.queries.sheets import SheetBatch, batch_of, sheets_of
from cdv_civic.consultations.paper.rules.numbers import sheet_code
from cdv_civic.consultations.paper.wording import VOID_SAID, sheets_said
from cdv_civic.core import clock
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.i18n.spoken import language_name
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, number_in


@blueprint.get("")
@policy("consultation.enter")
def show(slug: str) -> str:
    """The batches, and what became of their sheets. 11 statements of its own."""
    consultation = consultation_at_desk(slug)
    calendar = consultation.calendar
    return render_template(
        "consultations/paper/show.html",
        consultation=consultation,
        edits=may_edit(consultation),
        counted=calendar.frozen_at is not None,
        ended=calendar.ends_at is not None and calendar.ends_at <= clock.now(),
        sheets=sheets_of(consultation.id),
        code=sheet_code(consultation.id),
        open=takes_sheets(consultation),
        until=printed.last_day(consultation.calendar.ends_at),
        said=sheets_said,
        void_said=VOID_SAID,
        language_name=language_name,
        reads_desk=reads_desk(consultation),
    )


@blueprint.route("/imprimer", methods=["GET", "POST"])
@policy("consultation.enter")
@keeps_form
def new(slug: str) -> Answer:
    """The form of more sheets; then their files."""
    consultation = consultation_at_desk(slug)
    form = batch_form(languages_of(consultation))
    status, batch_id = submit_for(
        form,
        lambda: reserve_batch(
            actor(),
            consultation.id,
            form.quantity.data or 0,
            form.languages.data or (),
            form.client_key.data or "",
        ),
    )
    if batch_id is not None:
        flash(
            ngettext(
                "%(num)s feuille a son numéro. Imprimez-la.",
                "%(num)s feuilles ont leur numéro. Imprimez-les.",
                form.quantity.data or 0,
            ),
            "success",
        )
        return redirect(url_for("consultation_paper.batch", slug=slug, batch_id=batch_id), 303)
    return render_template("consultations/paper/new.html", consultation=consultation, form=form), status


def _batch(slug: str, batch_id: int) -> tuple[PaperConsultation, SheetBatch]:
    consultation = consultation_at_desk(slug)
    found = batch_of(consultation.id, batch_id)
    if found is None:
        abort(404)
    return consultation, found


@blueprint.get("/lots/<int:batch_id>")
@policy("consultation.enter")
def batch(slug: str, batch_id: int) -> str:
    """The files of a batch, some sheets in each."""
    consultation, found = _batch(slug, batch_id)
    return render_template(
        "consultations/paper/batch.html",
        consultation=consultation,
        batch=found,
        parts=_parts(found),
        code=sheet_code(consultation.id),
        language_name=language_name,
    )


def _parts(found: SheetBatch) -> list[tuple[int, int]]:
    """The first and the last number of each file."""
    size = max(PER_PART // max(len(found.languages), 1), 1)
    return [(first, min(first + size - 1, found.last)) for first in range(found.first, found.last + 1, size)]


def _sheet(slug: str, batch_id: int) -> tuple[PaperSheet, int, tuple[int, int]]:
    """The sheets of the part of a batch that the address names (`?partie=`), and which they are."""
    _consultation, found = _batch(slug, batch_id)
    parts = _parts(found)
    part = min(max(number_in(request.args.get("partie")) or 1, 1), len(parts))
    first, last = parts[part - 1]
    return sheets_of_paper(slug, found.languages, range(first, last + 1)), part, (first, last)


@blueprint.get("/lots/<int:batch_id>/feuilles")
@policy("consultation.enter")
def printed_page(slug: str, batch_id: int) -> str:
    """Some sheets as a page to print."""
    sheet, part, _numbers = _sheet(slug, batch_id)
    return printed.page_of(
        sheet,
        back=url_for("consultation_paper.batch", slug=slug, batch_id=batch_id),
        pdf=url_for("consultation_paper.pdf", slug=slug, batch_id=batch_id, partie=part),
    )


@blueprint.get("/lots/<int:batch_id>/feuilles.pdf")
@policy("consultation.enter")
def pdf(slug: str, batch_id: int) -> Answer:
    """The same as a PDF."""
    sheet, _part, (first, last) = _sheet(slug, batch_id)
    return printed.pdf_answer(printed.page_of(sheet, for_pdf=True), f"feuilles-{first}-{last}")


@blueprint.get("/exemple.pdf")
@policy("consultation.enter")
def example(slug: str) -> Answer:
    """A sheet without a number, in each of its languages: to read it again before any is printed."""
    consultation = consultation_at_desk(slug)
    sheet = sheets_of_paper(slug, [each.tag for each in languages_of(consultation)], ())
    return printed.pdf_answer(printed.page_of(sheet, for_pdf=True), "exemple")
