"""The themes of a contract's axes: the import suggests them, staff decide."""

from flask import flash, redirect, render_template, request, url_for

from cdv_civic.commitments.desk.blueprint import blueprint
from cdv_civic.commitments.forms import ThemeForm
from cdv_civic.commitments.operations.axes import set_axis_theme
from cdv_civic.commitments.queries.desk_themes import axes_of_contract, contract_tabs, themed_axis
from cdv_civic.core.errors import NotFound
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language
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
    axis = themed_axis(axis_id, current_language().tag)
    if axis is None:
        raise NotFound(_l("Cette partie du contrat n’existe pas."))
    require(actor(), "axis.edit", in_contract(axis.contract_id))
    form = ThemeForm(data={"theme": axis.theme.code if axis.theme else ""})
    status = submit(form, lambda: _say_set(set_axis_theme(actor(), axis_id, form.theme.data or None)))
    if status is None:
        return redirect(url_for("commitments_desk.themes", contrat=axis.contract_id), 303)
    return render_template("commitments/desk/theme.html", axis=axis, form=form), status


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
