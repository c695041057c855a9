"""The draws of a body, and the form of one of which nothing is published."""

from typing import Final

from flask import flash, redirect, render_template, request, url_for

from cdv_civic.bodies.desk.blueprint import body_at_desk, residents_body_at_desk
from cdv_civic.core import clock
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit, submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, number_in
from cdv_civic.draws import queries
from cdv_civic.draws.desk.blueprint import back_to_draw, blueprint, draw_at_desk, frozen
from cdv_civic.draws.forms import plan_form
from cdv_civic.draws.operations.preparing import (
    change_draw,
    discard_draw,
    prepare_draw,
)
from cdv_civic.draws.rules import MOST_CATEGORIES
from cdv_civic.draws.wording import shortfall_text, wanted_text
from cdv_civic.seats.wording import COLLEGE_WORDS

PER_PAGE: Final = 100


@blueprint.get("")
@policy("draw.run")
def show(body_id: int) -> str:
    """The draws of a body."""
    body = body_at_desk(body_id, "draw.run")
    return render_template("draws/index.html", body=body, draws=queries.draws_of(body_id))


@blueprint.route("/nouveau", methods=["GET", "POST"])
@policy("draw.run")
@keeps_form
def prepare(body_id: int) -> Answer:
    """The form of a new draw."""
    body = residents_body_at_desk(body_id, "draw.run")
    form = plan_form({})
    status, made = submit_for(
        form, lambda: prepare_draw(actor(), body_id, form.plan(), client_key=form.client_key.data or "")
    )
    if made is not None:
        return back_to_draw(body_id, made, _("C’est enregistré. Ajoutez maintenant les personnes."))
    page = render_template("draws/edit.html", body=body, form=form, draw=None, most=MOST_CATEGORIES)
    return page, status


@blueprint.route("/<int:draw_id>/modifier", methods=["GET", "POST"])
@policy("draw.run")
@keeps_form
def change(body_id: int, draw_id: int) -> Answer:
    """The form of a draw of which nothing is published."""
    body, found = draw_at_desk(body_id, draw_id)
    back = frozen(body_id, found)
    if back is not None:
        return back
    names = ("title", "college", "seats", "substitutes")
    form = plan_form(
        {"version": str(found.version), **{name: getattr(found, name) for name in names}}, found.categories
    )
    status = submit(
        form,
        lambda: change_draw(actor(), draw_id, form.plan(), version=form.version.number),
    )
    if status is None:
        return back_to_draw(body_id, draw_id, _("C’est enregistré."))
    page = render_template("draws/edit.html", body=body, form=form, draw=found, most=MOST_CATEGORIES)
    return page, status


@blueprint.get("/<int:draw_id>")
@policy("draw.run")
def draw(body_id: int, draw_id: int) -> str:
    """One draw: where it stands, what comes next, and who is on its list."""
    body, found = draw_at_desk(body_id, draw_id)
    people = queries.candidates_of(draw_id)
    page = max(1, number_in(request.args.get("page")) or 1)
    by_label = {each.label: each for each in people}
    drawn = found.result
    return render_template(
        "draws/desk.html",
        body=body,
        draw=found,
        college=COLLEGE_WORDS[found.college],
        people=people[(page - 1) * PER_PAGE : page * PER_PAGE],
        page=page,
        more=len(people) > page * PER_PAGE,
        today=clock.today(),
        quotas=[
            (category, [(value, wanted_text(value)) for value in category.values])
            for category in found.categories
        ],
        drawn=[by_label[label] for label in drawn.seats] if drawn else [],
        substitutes=[by_label[label] for label in drawn.substitutes] if drawn else [],
        shortfalls=[shortfall_text(each) for each in drawn.shortfalls] if drawn else [],
    )


@blueprint.route("/<int:draw_id>/effacer", methods=["GET", "POST"])
@policy("draw.run")
@keeps_form
def discard(body_id: int, draw_id: int) -> Answer:
    """Ask first, then throw a draw away before anything is published."""
    body, found = draw_at_desk(body_id, draw_id)
    back = frozen(body_id, found)
    if back is not None:
        return back
    form = ButtonForm()
    status = submit(form, lambda: discard_draw(actor(), draw_id))
    if status is None:
        flash(_("Le tirage et sa liste sont effacés."), "success")
        return redirect(url_for("draws_desk.show", body_id=body_id), 303)
    return render_template("draws/discard.html", body=body, form=form, draw=found), status
