"""Mark imported commitments as checked, one or many at once, and take that back."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cdv_civic.commitments.desk.filters import asked, selection_of
from cdv_civic.commitments.desk.routes import blueprint
from cdv_civic.commitments.operations.publishing import ListChanged, publish_commitments, undo_publication
from cdv_civic.commitments.queries.desk_lists import count_to_check
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import actor, number_in


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
def confirm_publication() -> str | tuple[str, int]:
    """Say how many commitments will be marked as checked, and ask."""
    filters = asked(request.form)
    whole = request.form.get("etendue") == "filtre"
    ids = [number for typed in request.form.getlist("ids") if (number := number_in(typed)) is not None]
    selection = selection_of(filters, "commitment.publish") if whole else None
    count = count_to_check(selection, ids, actor())
    return _ask(filters, ids, whole, count)


def _ask(filters: Mapping[str, str], ids: list[int], whole: bool, count: int, sentence: object = None) -> str:
    return render_template(
        "commitments/desk/confirm.html",
        filters=filters,
        ids=[] if whole else ids,
        whole=whole,
        count=count,
        chosen=None if whole else len(set(ids)),
        sentence=sentence,
    )


@blueprint.post("/engagements/verifies")
@policy("commitment.publish")
def publish_many() -> Response | tuple[str, int]:
    """Mark them as checked, if they are still as many as was said."""
    filters = asked(request.form)
    whole = request.form.get("etendue") == "filtre"
    ids = [number for typed in request.form.getlist("ids") if (number := number_in(typed)) is not None]
    chosen = selection_of(filters, "commitment.publish") if whole else ids
    try:
        done = publish_commitments(actor(), chosen, expected=number_in(request.form.get("combien", "")))
    except ListChanged as changed:
        return _ask(filters, ids, whole, changed.count, changed.sentence), changed.status
    flash(
        ngettext(
            "%(num)s engagement est marqué comme vérifié.",
            "%(num)s engagements sont marqués comme vérifiés.",
            done.count,
        ),
        "success",
    )
    published = "-".join(map(str, done.entries)) or None
    return redirect(url_for("commitments_desk.table", **filters, publie=published), 303)  # type: ignore[arg-type]


@blueprint.post("/engagements/annuler")
@policy("commitment.publish")
def undo() -> Response:
    """Take back a publication of the table."""
    filters = asked(request.form)
    entries = [number for typed in request.form.getlist("acte") if (number := number_in(typed)) is not None]
    count = undo_publication(actor(), entries)
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
