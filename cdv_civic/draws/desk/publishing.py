"""The list that everybody reads before the seed is known, and who withdraws from it."""

from flask import render_template

from cdv_civic.core import clock
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.draws import previews, queries
from cdv_civic.draws.desk.blueprint import back_to_draw, blueprint, draw_at_desk, person_listed
from cdv_civic.draws.forms import PublishListForm
from cdv_civic.draws.operations.publishing import publish_list, withdraw_candidate


@blueprint.route("/<int:draw_id>/publier", methods=["GET", "POST"])
@policy("draw.run")
@keeps_form
def publish(body_id: int, draw_id: int) -> Answer:
    """What the list will look like, and where the seed will come from."""
    body, found = draw_at_desk(body_id, draw_id)
    if found.published_at is not None:
        return back_to_draw(body_id, draw_id)
    form = PublishListForm(data={"version": str(found.version)})
    status = submit(
        form,
        lambda: publish_list(
            actor(),
            draw_id,
            seed_rule=form.seed_rule.data or "",
            seed_day=form.seed_day.data,
            version=form.version.number,
        ),
    )
    if status is None:
        return back_to_draw(body_id, draw_id, _("La liste est publiée. Elle ne change plus."))
    page = render_template(
        "draws/publish.html",
        body=body,
        form=form,
        draw=found,
        preview=previews.preview(body.name, found, queries.candidates_of(draw_id)),
    )
    return page, status


@blueprint.route("/<int:draw_id>/personnes/<int:candidate_id>/retirer", methods=["GET", "POST"])
@policy("draw.run")
@keeps_form
def withdraw(body_id: int, draw_id: int, candidate_id: int) -> Answer:
    """Somebody leaves a published list: a new list is published."""
    body, found = draw_at_desk(body_id, draw_id)
    person = person_listed(draw_id, candidate_id)
    day = found.seed_day if found.seed_day and found.seed_day > clock.today() else None
    form = PublishListForm(
        data={"version": str(found.version), "seed_rule": found.seed_rule, "seed_day": day}
    )
    status = submit(
        form,
        lambda: withdraw_candidate(
            actor(),
            draw_id,
            candidate_id,
            seed_rule=form.seed_rule.data or "",
            seed_day=form.seed_day.data,
            version=form.version.number,
        ),
    )
    if status is None:
        return back_to_draw(body_id, draw_id, _("La personne est retirée. Une nouvelle liste est publiée."))
    page = render_template("draws/withdraw.html", body=body, form=form, draw=found, person=person)
    return page, status
