"""Pages of whoever sits in a commission: made for a telephone, at the meeting."""

from flask import abort, flash, redirect, render_template, url_for

from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit, submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.fund.juries.desk.blueprint import blueprint
from cdv_civic.fund.juries.forms import JuryMarkForm
from cdv_civic.fund.juries.operations.linking import declare_own_link
from cdv_civic.fund.juries.operations.marking import mark_project
from cdv_civic.fund.juries.queries.meetings import ShownMeeting, meeting_at
from cdv_civic.fund.juries.queries.sitting import OwnSitting, SeenItem, own_sitting, sittings_of
from cdv_civic.fund.juries.wording import LINKS, OUTCOMES
from cdv_civic.fund.project_reading import read_project
from cdv_civic.fund.rules.juries import MOST_MARK


@blueprint.get("/sieger")
@policy("jury.sit")
def sit() -> str:
    """The meetings of the commissions in which somebody sits; 1 statement."""
    return render_template(
        "fund/juries/sit.html", sittings=sittings_of(actor().actor_id or 0, current_language().tag)
    )


def _sitting(meeting_id: int) -> tuple[ShownMeeting, OwnSitting]:
    """A meeting for one of the members of its commission; 404 for anybody else."""
    language = current_language().tag
    meeting = meeting_at(meeting_id, language)
    own = own_sitting(meeting, actor().actor_id or 0, language) if meeting else None
    if meeting is None or own is None:
        abort(404)
    return meeting, own


@blueprint.get("/sieger/<int:meeting_id>")
@policy("jury.sit")
def sitting(meeting_id: int) -> str:
    """The projects of a meeting, with one's own marks."""
    meeting, own = _sitting(meeting_id)
    return render_template(
        "fund/juries/sitting.html", meeting=meeting, own=own, links=LINKS, outcomes=OUTCOMES, most=MOST_MARK
    )


def _seen(meeting_id: int, item_id: int) -> tuple[ShownMeeting, OwnSitting, SeenItem]:
    meeting, own = _sitting(meeting_id)
    seen = next((each for each in own.items if each.item.id == item_id), None)
    if seen is None:
        abort(404)
    return meeting, own, seen


@blueprint.route("/sieger/<int:meeting_id>/<int:item_id>", methods=["GET", "POST"])
@policy("jury.sit")
@keeps_form
def mark(meeting_id: int, item_id: int) -> Answer:
    """Mark a project, or change one's mark."""
    meeting, own, seen = _seen(meeting_id, item_id)
    here = url_for("juries_desk.sitting", meeting_id=meeting_id)
    if seen.link is not None:
        flash(_("Vous êtes lié à ce projet\u00a0: vous ne prenez pas part à son choix."), "info")
        return redirect(here, 303)
    form = JuryMarkForm(data={"mark": str(seen.mark) if seen.mark is not None else None})
    status = submit(form, lambda: mark_project(actor(), item_id, int(form.mark.data)))
    if status is None:
        flash(_("Votre note est enregistrée."), "success")
        return redirect(f"{here}#projet-{item_id}", 303)
    page = render_template(
        "fund/juries/mark.html",
        meeting=meeting,
        own=own,
        seen=seen,
        project=read_project(seen.item.project_id, current_language().tag),
        form=form,
    )
    return page, status


@blueprint.route("/sieger/<int:meeting_id>/<int:item_id>/lien", methods=["GET", "POST"])
@policy("jury.sit")
@keeps_form
def own_link(meeting_id: int, item_id: int) -> Answer:
    """Ask first; then a member stands aside for a project."""
    meeting, _own, seen = _seen(meeting_id, item_id)
    form = ButtonForm()
    status, noted = submit_for(form, lambda: declare_own_link(actor(), item_id))
    if noted is None:
        return render_template("fund/juries/own_link.html", meeting=meeting, seen=seen, form=form), status
    flash(
        _("C’est noté\u00a0: vous ne prenez pas part au choix de ce projet. Votre note est effacée.")
        if noted.mark_removed
        else _("C’est noté\u00a0: vous ne prenez pas part au choix de ce projet."),
        "success",
    )
    return redirect(url_for("juries_desk.sitting", meeting_id=meeting_id), 303)
