"""The axes of a contract: their themes, which the import suggests and staff decide, how they were drawn up, and what
hangs on those that residents chose."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.commitments.desk.blueprint import blueprint
from cdv_civic.commitments.forms import HangForm, ThemeForm, origin_form
from cdv_civic.commitments.operations.axes import (
    hang_commitment,
    set_axis_origin,
    set_axis_theme,
    take_commitment_off,
)
from cdv_civic.commitments.queries.desk_themes import (
    ThemedAxis,
    axes_of_contract,
    contract_tabs,
    hung_on,
    stored_origin,
    themed_axis,
)
from cdv_civic.core.errors import NotFound
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit
from cdv_civic.core.forms.texts import text_data, texts_of
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.policy.decisions import reach_of, require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, number_in
from cdv_civic.territory.scopes import in_contract


@blueprint.get("/themes")
@policy("axis.edit")
def themes() -> str:
    """The axes of one contract with their themes; those without one alone: `?theme=aucun`. 4 statements."""
    contracts = contract_tabs(reach_of(actor(), "axis.edit"))
    asked = number_in(request.args.get("contrat", ""))
    chosen = next((each for each in contracts if each.id == asked), contracts[0] if contracts else None)
    without = request.args.get("theme") == "aucun"
    axes = axes_of_contract(chosen.id, current_language().tag, without_theme=without) if chosen else ()
    return render_template(
        "commitments/desk/themes.html", contracts=contracts, chosen=chosen, axes=axes, without=without
    )


@blueprint.route("/themes/<int:axis_id>", methods=["GET", "POST"])
@policy("axis.edit")
@keeps_form
def theme(axis_id: int) -> Answer:
    """Set the theme of one axis. 3 statements to read."""
    axis = _axis_at_desk(axis_id)
    form = ThemeForm(data={"theme": axis.theme.code if axis.theme else ""})
    status = submit(form, lambda: _say_set(set_axis_theme(actor(), axis_id, form.theme.data or None)))
    if status is None:
        return redirect(url_for("commitments_desk.themes", contrat=axis.contract_id), 303)
    return render_template("commitments/desk/theme.html", axis=axis, form=form), status


@blueprint.route("/themes/<int:axis_id>/concertation", methods=["GET", "POST"])
@policy("axis.edit")
@keeps_form
def origin(axis_id: int) -> Answer:
    """Say how one axis was drawn up. 6 statements to read."""
    axis = _axis_at_desk(axis_id)
    now = stored_origin(axis_id)
    form = origin_form(
        site_languages(),
        {"version": str(now.version), "how": now.how or "", **text_data("note", now.note)},
    )
    status = submit(
        form,
        lambda: set_axis_origin(
            actor(),
            axis_id,
            form.how.data or None,
            texts_of(form, "note"),
            version=form.version.number,
        ),
    )
    if status is None:
        flash(_("C’est enregistré."), "success")
        return redirect(url_for("commitments_desk.themes", contrat=axis.contract_id), 303)
    page = render_template(
        "commitments/desk/origin.html", axis=axis, form=form, languages_to=site_languages()
    )
    return page, status


@blueprint.route("/themes/<int:axis_id>/engagements", methods=["GET", "POST"])
@policy("axis.edit")
@keeps_form
def hang(axis_id: int) -> Answer:
    """What hangs on a part of the contract that was born of a consultation. 3 statements to read."""
    axis = _axis_at_desk(axis_id)
    if not axis.born:
        raise NotFound(_l("Cette partie du contrat n’existe pas."))
    form = HangForm()
    status = submit(form, lambda: hang_commitment(actor(), axis_id, form.commitment.data or ""))
    if status is None:
        flash(_("L’engagement est rangé ici."), "success")
        return redirect(url_for("commitments_desk.hang", axis_id=axis_id), 303)
    page = render_template(
        "commitments/desk/hang.html", axis=axis, form=form, hung=hung_on(axis_id, current_language().tag)
    )
    return page, status


@blueprint.post("/themes/<int:axis_id>/engagements/<int:commitment_id>/enlever")
@policy("axis.edit")
def take_off(axis_id: int, commitment_id: int) -> AnyResponse:
    """Take a commitment off such a part."""
    press(
        lambda: take_commitment_off(actor(), axis_id, commitment_id),
        lambda _done: _("L’engagement n’est plus rangé ici."),
    )
    return redirect(url_for("commitments_desk.hang", axis_id=axis_id), 303)


def _axis_at_desk(axis_id: int) -> ThemedAxis:
    """An axis that the actor may change. 1 statement."""
    axis = themed_axis(axis_id, current_language().tag)
    if axis is None:
        raise NotFound(_l("Cette partie du contrat n’existe pas."))
    require(actor(), "axis.edit", in_contract(axis.contract_id))
    return axis


def _say_set(followers: int) -> None:
    flash(
        ngettext(
            "Le thème est enregistré ; %(num)s engagement le suit.",
            "Le thème est enregistré ; %(num)s engagements le suivent.",
            followers,
        )
        if followers
        else _("Le thème est enregistré."),
        "success",
    )
