"""The blueprint of the desk of consultations, and what its pages share."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.consultations.operations.editing.holding import AlreadyAnswered, AlreadyPrinted
from cdv_civic.consultations.queries.definition import Definition, ShownQuestion, ShownStep, definition_of
from cdv_civic.consultations.queries.desk import DeskConsultation, desk_consultation, is_answered, is_printed
from cdv_civic.consultations.scopes import touched_consultation
from cdv_civic.core.db import db
from cdv_civic.core.errors import Conflict
from cdv_civic.core.forms.submit import press, submit
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.policy.decisions import may, require
from cdv_civic.core.web.desk import Answer, actor, desk_blueprint

EDIT = "consultation.edit"
READ = "consultation.read"

blueprint = desk_blueprint("consultations_desk", __name__, "/consultations")


def consultation_at_desk(slug: str, action: str = EDIT) -> DeskConsultation:
    """The consultation of a page, for whoever may do `action` on it; 404 or `Forbidden` otherwise. 4 statements."""
    found = desk_consultation(slug, current_language().tag)
    if found is None:
        abort(404)
    require(actor(), action, touched_consultation(db.session(), found))
    return found


def may_edit(found: DeskConsultation) -> bool:
    """Whether the person may change a consultation."""
    return may(actor(), EDIT, touched_consultation(db.session(), found))


def open_to_change(slug: str) -> DeskConsultation:
    """The consultation of a form that changes what it asks or says. Where it could only be refused (`fixed_by`, or
    it is withdrawn), on to the page of the consultation; what was sent is refused on the form.
    """
    found = consultation_at_desk(slug)
    if request.method == "POST":
        return found
    if found.calendar.withdrawn_at is not None:
        abort(back_to(slug))
    fixed = fixed_by(found)
    if fixed is not None:
        abort(back_to(slug, str(fixed.sentence), "info"))
    return found


def fixed_by(found: DeskConsultation) -> Conflict | None:
    """Why what a consultation asks and says stays as it is: somebody has answered, or sheets are out. 2 statements."""
    if is_answered(found.id):
        return AlreadyAnswered()
    return AlreadyPrinted() if found.calendar.published_at is not None and is_printed(found.id) else None


def back_to(
    slug: str, said: str = "", kind: str = "success", endpoint: str = "consultations_desk.show", **values: Any
) -> AnyResponse:
    """Lead to a page of a consultation, with a sentence where something was done."""
    if said:
        flash(said, kind)
    return redirect(url_for(endpoint, slug=slug, **values), 303)


def pressed(slug: str, act: Callable[[], object], said: str, endpoint: str, **values: Any) -> AnyResponse:
    """Do what a button of a list asks, and lead back to it."""
    press(lambda: (act(),), lambda _done: said)
    return redirect(url_for(endpoint, slug=slug, **values), 303)


def ask_to_delete(
    found: DeskConsultation,
    act: Callable[[int], object],
    done: Callable[[], AnyResponse],
    *,
    title: str,
    button: str,
    back: str,
    lost: Sequence[str],
) -> Answer:
    """Ask first, naming what is `lost`; then delete. `act` gets the version of the form."""
    form = VersionForm(data={"version": str(found.version)})
    status = submit(form, lambda: act(form.version.number))
    if status is None:
        return done()
    page = render_template(
        "consultations/desk/delete.html",
        found=found,
        form=form,
        title=title,
        button=button,
        back_url=back,
        lost=lost,
    )
    return page, status


def french_definition(found: DeskConsultation) -> Definition:
    """What a consultation asks, in French: what the organiser writes first; 3 statements."""
    return definition_of(found.id, SOURCE_LANGUAGE)


def step_in(definition: Definition, step_id: int) -> ShownStep:
    """A step; 404 where there is none."""
    step = next((each for each in definition.steps if each.id == step_id), None)
    return step or abort(404)


def question_in(definition: Definition, question_id: int) -> ShownQuestion:
    """A question; 404 where there is none."""
    question = next((each for each in definition.questions if each.id == question_id), None)
    return question or abort(404)


def goes_up(direction: str) -> bool:
    """Whether something moves up, by the word of an address; 404 for any other word than the two."""
    if direction not in ("monter", "descendre"):
        abort(404)
    return direction == "monter"
