"""Who may be drawn: typed in one by one, pasted as a table, taken off the list."""

from flask import flash, redirect, render_template, request, url_for

from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.core.web.request_limits import takes
from cdv_civic.draws import candidates
from cdv_civic.draws.desk.blueprint import back_to_draw, blueprint, draw_at_desk, frozen
from cdv_civic.draws.forms import ImportForm, candidate_form
from cdv_civic.draws.operations.preparing import (
    Added,
    add_candidates,
    remove_candidate,
)
from cdv_civic.draws.wording import problem_text


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
    status = submit(
        form,
        lambda: add_candidates(actor(), draw_id, [form.candidate(found.categories)], many=False),
    )
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
    uploaded = request.files.get("file")
    if form.is_submitted() and uploaded is not None and uploaded.filename:
        form.table.data = candidates.decoded(uploaded.read(candidates.LARGEST_TABLE))
        form.confirmed.data = ""
    reading: candidates.Reading | None = None
    added = Added(0, 0)

    def act() -> None:
        nonlocal reading, added
        reading = candidates.read_candidates(form.table.data or "", found.categories)
        if not reading.rows and not reading.problems:
            raise DomainError(
                _l("Le tableau est vide : collez des lignes, ou choisissez un fichier."), field="table"
            )
        if form.confirmed.data == "oui" and not reading.problems:
            added = add_candidates(actor(), draw_id, [row.candidate for row in reading.rows])

    status = submit(form, act)
    if status is None and reading is not None and form.confirmed.data == "oui" and not reading.problems:
        said = ngettext("%(num)s personne ajoutée.", "%(num)s personnes ajoutées.", added.added)
        if added.known:
            said += " " + ngettext(
                "%(num)s était déjà sur la liste.", "%(num)s étaient déjà sur la liste.", added.known
            )
        return back_to_draw(body_id, draw_id, said)
    page = render_template(
        "draws/import.html",
        body=body,
        form=form,
        draw=found,
        reading=reading,
        headings=[(category.name, "") for category in found.categories],
        problems=[problem_text(each) for each in reading.problems] if reading else [],
    )
    return page, 422 if reading and reading.problems else status or 200


@blueprint.post("/<int:draw_id>/personnes/<int:candidate_id>/enlever")
@policy("draw.run")
def remove(body_id: int, draw_id: int, candidate_id: int) -> Answer:
    """Take somebody off a list that is not published."""
    draw_at_desk(body_id, draw_id)
    remove_candidate(actor(), draw_id, candidate_id)
    return back_to_draw(body_id, draw_id, _("La personne n’est plus sur la liste."))
