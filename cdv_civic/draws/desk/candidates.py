"""Who may be drawn: typed in one by one, pasted as a table, taken off the list."""

from typing import Final

from flask import flash, redirect, render_template, request, url_for

from cdv_civic.core.errors import Conflict, DomainError
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.spreadsheets.reading import BadSpreadsheet, decoded, is_spreadsheet, read_spreadsheet
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.core.web.request_limits import takes
from cdv_civic.draws import candidates, queries
from cdv_civic.draws.desk.blueprint import back_to_draw, blueprint, draw_at_desk, frozen, person_listed
from cdv_civic.draws.forms import ImportForm, candidate_form
from cdv_civic.draws.operations.preparing import (
    Added,
    add_candidates,
    remove_candidate,
)
from cdv_civic.draws.persons import doubt_of
from cdv_civic.draws.wording import (
    apart,
    column_choices,
    column_text,
    doubt_text,
    problem_texts,
    totals_text,
    value_text,
)

#: Bytes of a file; a spreadsheet is compressed, a text is cut at `candidates.LARGEST_TABLE`.
LARGEST_FILE: Final = 8 * 1024 * 1024
#: How the fields that answer what a table leaves open begin.
ANSWERS: Final = ("column-", "value-", "person-")


@blueprint.route("/<int:draw_id>/personnes/nouvelle", methods=["GET", "POST"])
@policy("draw.run")
@keeps_form
def candidate(body_id: int, draw_id: int) -> Answer:
    """The form of one more person, as often as there are people."""
    body, found = draw_at_desk(body_id, draw_id)
    back = frozen(body_id, found)
    if back is not None:
        return back
    form = candidate_form(found.categories)

    def act() -> None:
        person = form.candidate(found.categories)
        there = queries.people_on(draw_id)
        near = doubt_of(person, there)
        if near is not None and not form.distinct.data:
            form.ask(person, there)
            raise Conflict(
                _l(
                    "Sur la liste, %(name)s a le même nom, la même adresse e-mail ou le même téléphone.",
                    name=near.name,
                ),
                field="distinct",
            )
        add_candidates(actor(), draw_id, [form.numbered(person)], many=False)

    status = submit(form, act)
    if status is None:
        flash(_("La personne est sur la liste. Vous pouvez en ajouter une autre."), "success")
        return redirect(url_for("draws_desk.candidate", body_id=body_id, draw_id=draw_id), 303)
    page = render_template("draws/candidate.html", body=body, form=form, draw=found)
    return page, status


@blueprint.route("/<int:draw_id>/personnes/importer", methods=["GET", "POST"])
@policy("draw.run")
@keeps_form
@takes(megabytes_of_files=10, megabytes_of_text=5)
def import_list(body_id: int, draw_id: int) -> Answer:
    """Paste a table or choose a file, read what was understood, then add it."""
    body, found = draw_at_desk(body_id, draw_id)
    back = frozen(body_id, found)
    if back is not None:
        return back
    form = ImportForm()
    _take_file(form)
    answers = {name: said for name, said in request.form.items() if name.startswith(ANSWERS)}
    reading: candidates.Reading | None = None
    added: Added | None = None

    def act() -> None:
        nonlocal reading, added
        if form.file_problem:
            raise DomainError(form.file_problem, field="table")
        reading = candidates.read_candidates(
            form.table.data or "", found.categories, answers, queries.people_on(draw_id)
        )
        if not reading.lines:
            raise DomainError(
                _l("Le tableau est vide : collez des lignes, ou choisissez un fichier."), field="table"
            )
        # What is added is what somebody has seen: another table, or another answer, is shown first.
        if reading.complete and form.confirmed.data == reading.digest:
            added = add_candidates(actor(), draw_id, [row.candidate for row in reading.rows])

    status = submit(form, act)
    if status is None and added is not None and reading is not None:
        return back_to_draw(body_id, draw_id, _added_text(added, reading))
    form.confirmed.data = reading.digest if reading else ""
    page = render_template(
        "draws/import.html",
        body=body,
        form=form,
        draw=found,
        reading=reading,
        headings=[(category.name, "") for category in found.categories],
        problems=problem_texts(reading.problems) if reading else [],
        columns=column_choices(found.categories),
        doubt_text=doubt_text,
        value_text=value_text,
        column_text=column_text,
        apart=apart,
        totals=totals_text(reading) if reading else "",
    )
    return page, 422 if reading and (reading.problems or reading.asks) else status or 200


def _take_file(form: ImportForm) -> None:
    """Put a file that was chosen in the place of what was pasted."""
    uploaded = request.files.get("file")
    if not form.is_submitted() or uploaded is None or not uploaded.filename:
        return
    form.confirmed.data = ""
    data = uploaded.read(LARGEST_FILE)
    if not is_spreadsheet(data):
        form.table.data = decoded(data[: candidates.LARGEST_TABLE])
        return
    try:
        form.table.data = read_spreadsheet(data)
    except BadSpreadsheet:
        form.file_problem = _l(
            "Ce fichier ne se lit pas ici. Enregistrez-le en CSV ou en XLSX sans mot de passe, ou collez ses lignes."
        )


def _added_text(added: Added, reading: candidates.Reading) -> str:
    said = ngettext("%(num)s personne ajoutée.", "%(num)s personnes ajoutées.", added.added)
    known = added.known + len(reading.known)
    if known:
        said += " " + ngettext(
            "%(num)s était déjà sur la liste.", "%(num)s étaient déjà sur la liste.", known
        )
    return said


@blueprint.route("/<int:draw_id>/personnes/<int:candidate_id>/enlever", methods=["GET", "POST"])
@policy("draw.run")
@keeps_form
def remove(body_id: int, draw_id: int, candidate_id: int) -> Answer:
    """Ask first, then take somebody off a list that is not published."""
    body, found = draw_at_desk(body_id, draw_id)
    back = frozen(body_id, found)
    if back is not None:
        return back
    person = person_listed(draw_id, candidate_id)
    form = ButtonForm()
    status = submit(form, lambda: remove_candidate(actor(), draw_id, candidate_id))
    if status is None:
        return back_to_draw(body_id, draw_id, _("La personne n’est plus sur la liste."))
    return render_template("draws/remove.html", body=body, form=form, draw=found, person=person), status
