"""The seed, and the seats that are proposed to those who were drawn."""

from flask import flash, redirect, render_template, url_for

from cdv_civic.core import clock
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.draws.desk.blueprint import back_to_draw, blueprint, draw_at_desk
from cdv_civic.draws.forms import SeedForm
from cdv_civic.draws.operations.drawing import propose_seats, seed_draw, take_back_proposals
from cdv_civic.draws.rules import normal_seed, seed_is_long_enough
from cdv_civic.draws.wording import apart


@blueprint.route("/<int:draw_id>/hasard", methods=["GET", "POST"])
@policy("draw.run")
@keeps_form
def seed(body_id: int, draw_id: int) -> Answer:
    """Type in the seed, see it once more, draw."""
    body, found = draw_at_desk(body_id, draw_id)
    form = SeedForm()
    to_confirm: str | None = None

    def act() -> None:
        nonlocal to_confirm
        normal = normal_seed(form.seed.data or "")
        if form.confirmed.data == normal or not seed_is_long_enough(normal) or found.seed is not None:
            seed_draw(actor(), draw_id, normal)
        else:
            to_confirm = form.confirmed.data = normal

    status = submit(form, act)
    if status is None and to_confirm is None:
        return back_to_draw(body_id, draw_id, _("Le tirage est fait. Le résultat est public."))
    page = render_template(
        "draws/seed.html",
        body=body,
        form=form,
        draw=found,
        to_confirm=to_confirm,
        early=found.seed_day is None or clock.today() < found.seed_day,
    )
    return page, status or 200


@blueprint.post("/<int:draw_id>/sieges")
@policy("draw.run")
def seat(body_id: int, draw_id: int) -> Answer:
    """Propose seats to those who were drawn."""
    draw_at_desk(body_id, draw_id)
    given = propose_seats(actor(), draw_id)
    said = ngettext(
        "%(num)s siège est proposé. Rien n’est public : appelez la personne, puis notez sa réponse.",
        "%(num)s sièges sont proposés. Rien n’est public : appelez ces personnes, puis notez leur réponse.",
        given.seats,
    )
    if given.substitutes:
        said += " " + ngettext(
            "Pour la liste des remplacements : %(num)s personne.",
            "Pour la liste des remplacements : %(num)s personnes.",
            given.substitutes,
        )
    if given.known:
        said += " " + ngettext("%(num)s y était déjà.", "%(num)s y étaient déjà.", given.known)
    if given.known_names:
        names = _(", ").join(map(apart, given.known_names))
        said += " " + _("Est-ce bien la même personne ? Vérifiez : %(names)s.", names=names)
    flash(said, "success")
    return redirect(url_for("seats_desk.show", body_id=body_id), 303)


@blueprint.post("/<int:draw_id>/sieges/annuler")
@policy("draw.run")
def unseat(body_id: int, draw_id: int) -> Answer:
    """Take back the proposals that nobody has answered."""
    draw_at_desk(body_id, draw_id)
    taken = take_back_proposals(actor(), draw_id)
    return back_to_draw(
        body_id,
        draw_id,
        ngettext(
            "%(num)s proposition est annulée. Vous pouvez proposer les sièges de nouveau.",
            "%(num)s propositions sont annulées. Vous pouvez proposer les sièges de nouveau.",
            taken,
        ),
    )
