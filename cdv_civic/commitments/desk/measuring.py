"""Write down what was measured, and take a wrong figure back."""

from flask import flash, redirect, render_template, url_for

from cdv_civic.commitments.desk.blueprint import blueprint
from cdv_civic.commitments.desk.lookup import commitment_for
from cdv_civic.commitments.forms import MeasureForm
from cdv_civic.commitments.operations.indicators import enter_indicator_value, withdraw_indicator_value
from cdv_civic.commitments.queries.desk_indicators import desk_indicators
from cdv_civic.core.errors import NotFound
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.fields import listed
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor


@blueprint.route("/engagements/<int:commitment_id>/indicateurs", methods=["GET", "POST"])
@policy("indicator.enter")
@keeps_form
def indicators(commitment_id: int) -> Answer:
    """What was measured, and a form for one more measure."""
    commitment = commitment_for("indicator.enter", commitment_id)
    measured = desk_indicators(commitment_id, current_language().tag)
    form = MeasureForm()
    form.indicator.choices = listed((each.id, each.name.text) for each in measured)
    form.quartier.choices = listed(
        [("", _l("Partout")), *((each.id, each.name) for each in commitment.quartiers)]
    )
    status = submit(
        form,
        lambda: enter_indicator_value(
            actor(),
            int(form.indicator.data),
            value=form.value.data or "",
            measured_on=form.measured_on.data,  # type: ignore[arg-type]  # the form asks for it
            quartier_id=int(form.quartier.data) if form.quartier.data else None,
            source=form.source.data or "",
        ),
    )
    if status is None:
        flash(_("La mesure est publiée."), "success")
        return redirect(url_for("commitments_desk.indicators", commitment_id=commitment_id), 303)
    page = render_template(
        "commitments/desk/indicators.html", commitment=commitment, indicators=measured, form=form
    )
    return page, status


@blueprint.route(
    "/engagements/<int:commitment_id>/indicateurs/<int:value_id>/retirer", methods=["GET", "POST"]
)
@policy("indicator.enter")
@keeps_form
def withdraw_value(commitment_id: int, value_id: int) -> Answer:
    """Ask first, then take a wrong figure off the public pages."""
    commitment = commitment_for("indicator.enter", commitment_id)
    found = [
        (indicator, each)
        for indicator in desk_indicators(commitment_id, current_language().tag)
        for each in indicator.measures
        if each.id == value_id
    ]
    if not found:
        raise NotFound(_l("Cette mesure n’existe pas."))
    indicator, measure = found[0]
    back = url_for("commitments_desk.indicators", commitment_id=commitment_id)
    if measure.withdrawn:
        flash(_("Cette mesure est déjà retirée."), "info")
        return redirect(back, 303)
    form = ButtonForm()
    status = submit(form, lambda: withdraw_indicator_value(actor(), value_id))
    if status is None:
        flash(_("La mesure est retirée des pages publiques."), "success")
        return redirect(back, 303)
    page = render_template(
        "commitments/desk/withdraw_value.html",
        commitment=commitment,
        form=form,
        indicator=indicator,
        measure=measure,
    )
    return page, status
