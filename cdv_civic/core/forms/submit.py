"""The one way to receive a form: done, refused with its reason, or shown for the first time.

    status = submit(form, lambda: operations.move_date(actor(), ...), version=found.sequence)
    if status is None:
        flash(_("La date est déplacée."), "success")
        return redirect(...)
    return render_template("...", form=form), status

What was typed comes back with every refusal, and where the session has ended (`protection.keeps_form`). Passwords and
codes do not: their fields write nothing back (`fields`).

An act that counts how often somebody tries does so within itself (`with limits.counted_try(...)`): a refusal to go on
is said on the form as any other.
"""

from collections.abc import Callable
from typing import TypeVar

from cdv_civic.core.errors import Conflict, DomainError
from cdv_civic.core.forms.base import StaffForm

#: Refusals that are said on the form itself; others (403, 404, 410) have pages of their own.
SAID_ON_THE_FORM = frozenset({409, 422, 429, 503})

Done = TypeVar("Done")


def submit(
    form: StaffForm,
    act: Callable[[], object],
    *,
    version: int | None = None,
    raising: tuple[type[DomainError], ...] = (),
) -> int | None:
    """Do what a form asks. None once it is done; else the status to show the form (again) with.

    200: nothing was sent yet. 422: a field is wrong, or the act refused what was typed. 409: somebody else was faster;
    `version` is the one stored now, and the form bears it, so that sending again goes through. 429 and 503: later;
    the answer says when. Raises any other `DomainError` of `act`, and those of `raising`, which the page says in
    its own way.
    """
    status, done = submit_for(form, lambda: (act(),), version=version, raising=raising)
    return None if done else status


def submit_for(
    form: StaffForm,
    act: Callable[[], Done],
    *,
    version: int | None = None,
    raising: tuple[type[DomainError], ...] = (),
) -> tuple[int, Done | None]:
    """`submit` for an act whose result the answer needs: the status, and the result (never None) once it is done."""
    if not form.is_submitted():
        return 200, None
    if not form.validate():
        return 422, None
    try:
        return 200, act()
    except DomainError as refused:
        if refused.status not in SAID_ON_THE_FORM or isinstance(refused, raising):
            raise
        status = form.refuse_act(refused)
        if isinstance(refused, Conflict) and version is not None:
            form["version"].data = str(version)
        return status, None
