"""The one way to receive a form: done, refused with its reason, or shown for the first time.

    form = DateForm(data={"day": found.day, "version": str(found.sequence)})
    status = submit(form, lambda: move_occurrence(actor(), ..., version=form.version.number))
    if status is None:
        flash(_("La date est déplacée."), "success")
        return redirect(...)
    return render_template("...", form=form), status

What was typed comes back with every refusal, and where the session has ended (`protection.keeps_form`). A button in
a list, which has no form to show again, is received by `press`.
"""

from collections.abc import Callable
from typing import TypeVar

from flask import flash

from cdv_civic.core.errors import Conflict, DomainError
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.version import VersionForm

#: Refusals that are said on the form itself; others (403, 404, 410) have pages of their own.
SAID_ON_THE_FORM = frozenset({409, 422, 429, 503})

Done = TypeVar("Done")


def submit(
    form: StaffForm,
    act: Callable[[], object],
    *,
    raising: tuple[type[DomainError], ...] = (),
    saying: tuple[type[DomainError], ...] = (),
) -> int | None:
    """Do what a form asks. None once it is done; else the status to show the form (again) with.

    200: nothing was sent yet. 422: a field is wrong, or the act refused what was typed. 409: somebody else was faster.
    Then what was typed stays, and a form that carries a version shows what is stored now beside it
    (`VersionForm.show_stored`). 429 and 503: later; the answer says when. What was refused stands in `form.refusal`.
    Raises any other `DomainError` of `act` but those of `saying`, and those of `raising`, which the page says in its
    own way.
    """
    status, done = submit_for(form, lambda: (act(),), raising=raising, saying=saying)
    return None if done else status


def submit_for(
    form: StaffForm,
    act: Callable[[], Done],
    *,
    raising: tuple[type[DomainError], ...] = (),
    saying: tuple[type[DomainError], ...] = (),
) -> tuple[int, Done | None]:
    """`submit` for an act whose result the answer needs: the status, and the result (never None) once it is done."""
    if not form.is_submitted():
        return 200, None
    if form.refusal is not None:  # before its act: what was typed could not be kept as a draft, say
        return form.refusal.status, None
    if not form.validate():
        return 422, None
    try:
        return 200, act()
    except DomainError as refused:
        if isinstance(refused, raising) or not _is_said(refused, saying):
            raise
        status = form.refuse_act(refused)
        if isinstance(refused, Conflict) and isinstance(form, VersionForm):
            form.show_stored()
        return status, None


def press(
    act: Callable[[], Done],
    said: Callable[[Done], str],
    *,
    saying: tuple[type[DomainError], ...] = (),
) -> Done | None:
    """Do what a button asks that has no form of its own; its result, or None where it was refused.

    The page that follows says what was done (`said` of the result), or why it was not. Raises the refusals that have a
    page of their own, but for `saying`.
    """
    try:
        done = act()
    except DomainError as refused:
        if not _is_said(refused, saying):
            raise
        flash(str(refused.sentence), "error")
        return None
    flash(said(done), "success")
    return done


def _is_said(refused: DomainError, saying: tuple[type[DomainError], ...]) -> bool:
    return refused.status in SAID_ON_THE_FORM or isinstance(refused, saying)
