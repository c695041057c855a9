"""Change who answers for a commitment, with whom, and where."""

from collections.abc import Sequence

from flask import redirect, render_template, url_for

from cdv_civic.commitments.desk.blueprint import blueprint
from cdv_civic.commitments.desk.editing import say_saved
from cdv_civic.commitments.desk.lookup import commitment_for
from cdv_civic.commitments.forms import LinksForm
from cdv_civic.commitments.operations.editing import set_links
from cdv_civic.commitments.queries.desk_commitment import LinkedRow, link_choices
from cdv_civic.core.forms.fields import listed
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor


@blueprint.route("/engagements/<int:commitment_id>/liens", methods=["GET", "POST"])
@policy("commitment.edit")
@keeps_form
def links(commitment_id: int) -> Answer:
    """Who answers for it, with whom, and where."""
    commitment = commitment_for("commitment.edit", commitment_id)
    choices = link_choices(commitment.contract_id)
    form = LinksForm(
        data={
            "holders": [each.id for each in commitment.holders],
            "partners": [each.id for each in commitment.partners],
            "quartiers": [each.id for each in commitment.quartiers],
            "version": str(commitment.version),
        }
    )
    form.holders.choices = listed(_chosen_first(choices.organisations, commitment.holders))
    form.partners.choices = listed(_chosen_first(choices.organisations, commitment.partners))
    form.quartiers.choices = listed(_chosen_first(choices.quartiers, commitment.quartiers))

    def save() -> None:
        changed = set_links(
            actor(),
            commitment_id,
            version=form.version.number,
            reason=form.reason.data or "",
            holders=form.holders.data or [],
            partners=form.partners.data or [],
            quartiers=form.quartiers.data or [],
        )
        say_saved(changed.version != commitment.version)

    status = submit(form, save)
    if status is None:
        return redirect(url_for("commitments_desk.show", commitment_id=commitment_id), 303)
    return render_template("commitments/desk/links.html", commitment=commitment, form=form), status


def _chosen_first(every: Sequence[tuple[int, str]], chosen: Sequence[LinkedRow]) -> list[tuple[int, str]]:
    """Those that stand there now first, retired ones included; then the others by name."""
    here = {each.id for each in chosen}
    return [*((each.id, each.name) for each in chosen), *(each for each in every if each[0] not in here)]
