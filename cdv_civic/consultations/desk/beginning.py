"""A new consultation: who asks, and what it begins with."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for

from cdv_civic.consultations.desk.blueprint import EDIT, READ, blueprint, consultation_at_desk
from cdv_civic.consultations.desk.forms.beginning import begin_form
from cdv_civic.consultations.operations.editing.copying import copy
from cdv_civic.consultations.operations.editing.creating import Organiser, create
from cdv_civic.consultations.queries.desk_choices import (
    TreePart,
    axis_choices,
    first_axes,
    tree_parts,
)
from cdv_civic.consultations.queries.undiscussed import MOST, starting_part, undiscussed_parts
from cdv_civic.consultations.starters import starters
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.forms.texts import texts_of
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.territory.queries.organisers import ContractWithin, contracts_of, organisers_of
from cdv_civic.territory.vocabulary import TREES
from cdv_civic.territory.wording import organiser_label


def _part_label(part: TreePart) -> str:
    label = str(TREES[part.tree].label)
    return f"{label} · {part.commune}" if part.commune else label


@blueprint.route("/nouvelle", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def begin() -> Answer:
    """The form of a new consultation, in one contract (`?contrat=`); `?copie=` asks again what an older one asked.

    `?axe=` begins with a part of the contract.
    """
    reach = reach_of(actor(), EDIT)
    contracts = contracts_of(reach)
    older = request.args.get("copie")
    source = consultation_at_desk(older, READ) if older else None
    asked = request.args.get("contrat") or (source.contract if source else "")
    contract = next((each for each in contracts if each.slug == asked), contracts[0] if contracts else None)
    organisers = organisers_of(contract.id, reach) if contract else []
    parts = tree_parts(contract.id) if contract and source is None else []
    language = current_language().tag
    code = "" if source is not None else request.args.get("axe", "")
    start = starting_part(contract.id, code, language) if contract and code else None
    form = begin_form(
        site_languages(),
        [(each.value, organiser_label(each)) for each in organisers],
        [(each.value, _part_label(each)) for each in parts],
        of_copy=source is not None,
        about=(start.value, start.title.text) if start else None,
    )

    def act() -> str:
        chosen = next((each for each in organisers if each.value == form["organiser"].data), None)
        if contract is None or chosen is None:
            raise DomainError(_l("Choisissez une réponse de la liste."), field="organiser")
        organiser = Organiser(contract.id, chosen.body_id, chosen.commune_id)
        title, key = texts_of(form, "title"), form.client_key.data or ""
        if source is not None:
            wave = (form["wave"].data or "").strip() or None
            return copy(actor(), organiser, source.id, title, client_key=key, as_wave=wave)
        starter = starters()[form["starter"].data]
        part = next((each for each in parts if each.value == form["part"].data), None)
        about = start if start is not None and form["part"].data == start.value else None
        if starter.of_contract and part is None and about is None and parts:
            raise DomainError(_l("Choisissez la partie du contrat."), field="part")
        axes: Sequence[int] = []
        if starter.of_contract and about is not None:
            axes = about.axes
        elif starter.of_contract and part is not None:
            axes = _axes(contract, part)
        return create(actor(), organiser, starter, title, client_key=key, axes=axes)

    status, slug = submit_for(form, act)
    if slug is not None:
        flash(_("C’est enregistré. Personne d’autre que l’équipe ne la voit encore."), "success")
        return redirect(url_for("consultations_desk.show", slug=slug), 303)
    page = render_template(
        "consultations/desk/begin.html",
        form=form,
        contract=contract,
        contracts=contracts,
        source=source,
        organisers=organisers,
        languages_to=site_languages(),
        undiscussed=undiscussed_parts(reach, language, contract_id=contract.id, most=MOST)
        if contract and source is None and start is None
        else None,
    )
    return page, status


def _axes(contract: ContractWithin, part: TreePart) -> list[int]:
    choices = axis_choices(contract.id, current_language().tag, (part.tree, part.commune_id))
    return first_axes(choices)
