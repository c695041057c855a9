"""Mark imported commitments as checked, one or many at once, and take that back."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cdv_civic.commitments.desk.blueprint import blueprint
from cdv_civic.commitments.desk.filters import asked, selection_of
from cdv_civic.commitments.operations.publishing import publish_commitments, undo_publication
from cdv_civic.commitments.queries.desk_lists import count_to_check
from cdv_civic.commitments.selection import Selection
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, number_in, numbers_in


@blueprint.post("/engagements/<int:commitment_id>/verifier")
@policy("commitment.publish")
def publish_one(commitment_id: int) -> Response:
    """Mark one commitment as checked."""
    done = publish_commitments(actor(), [commitment_id])
    flash(
        ngettext(
            "%(num)s engagement est marqué comme vérifié.",
            "%(num)s engagements sont marqués comme vérifiés.",
            done.count,
        ),
        "success" if done.count else "info",
    )
    undo = done.entries[0] if done.entries else None
    return redirect(url_for("commitments_desk.show", commitment_id=commitment_id, publie=undo), 303)


@blueprint.get("/engagements/verifier")
@policy("commitment.publish")
def back_to_table() -> Response:
    """The question is asked of a form: whoever comes here by hand goes to the table."""
    return redirect(url_for("commitments_desk.table"))


@blueprint.post("/engagements/verifier")
@policy("commitment.publish")
def confirm_publication() -> str:
    """Say how many commitments will be marked as checked, and ask."""
    return _ask(ButtonForm())


def _chosen() -> tuple[Selection | None, list[int]]:
    """All that the filters of the form find, or (None) the commitments with these ids."""
    if request.form.get("etendue") == "filtre":
        return selection_of(asked(request.form), "commitment.publish"), []
    return None, numbers_in(request.form.getlist("ids"))


def _ask(form: ButtonForm) -> str:
    selection, ids = _chosen()
    return render_template(
        "commitments/desk/confirm.html",
        form=form,
        filters=asked(request.form),
        ids=ids,
        whole=selection is not None,
        count=count_to_check(selection, ids, actor()),
        chosen=len(set(ids)) if selection is None else None,
    )


@blueprint.post("/engagements/verifies")
@policy("commitment.publish")
@keeps_form
def publish_many() -> Answer:
    """Mark them as checked, if they are still as many as was said."""
    selection, ids = _chosen()
    form = ButtonForm()
    status, done = submit_for(
        form,
        lambda: publish_commitments(
            actor(), ids if selection is None else selection, expected=number_in(request.form.get("combien"))
        ),
    )
    if done is None:
        return _ask(form), status
    flash(
        ngettext(
            "%(num)s engagement est marqué comme vérifié.",
            "%(num)s engagements sont marqués comme vérifiés.",
            done.count,
        ),
        "success",
    )
    published = "-".join(map(str, done.entries)) or None
    return redirect(url_for("commitments_desk.table", **asked(request.form), publie=published), 303)  # type: ignore[arg-type]


@blueprint.post("/engagements/annuler")
@policy("commitment.publish")
def undo() -> Response:
    """Take back a publication of the table."""
    filters = asked(request.form)
    count = undo_publication(actor(), numbers_in(request.form.getlist("acte")))
    flash(
        ngettext(
            "C’est annulé : %(num)s engagement est de nouveau à vérifier.",
            "C’est annulé : %(num)s engagements sont de nouveau à vérifier.",
            count,
        )
        if count
        else _("Il n’y avait plus rien à annuler."),
        "success" if count else "info",
    )
    back = number_in(request.form.get("engagement", ""))
    if back is not None:
        return redirect(url_for("commitments_desk.show", commitment_id=back), 303)
    return redirect(url_for("commitments_desk.table", **filters), 303)  # type: ignore[arg-type]
