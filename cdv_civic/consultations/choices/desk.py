"""The desk: let residents choose among the groups of a box, and make parts of the contract of what they chose."""

from typing import Final

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.consultations.choices.forms import BallotForm, tree_form
from cdv_civic.consultations.choices.operations import Ballot, draft_choice, make_tree, renew_options
from cdv_civic.consultations.choices.queries import axes_born, choice_of_box, outcomes_of
from cdv_civic.consultations.choices.wording import outcome_said
from cdv_civic.consultations.queries.desk import desk_consultation
from cdv_civic.consultations.queries.ideas import choice_faults
from cdv_civic.consultations.rules.questions import QuestionKind
from cdv_civic.consultations.wording import CHOICE_FAULTS
from cdv_civic.core.db import db
from cdv_civic.core.errors import Conflict
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.decisions import may, require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web import navigation
from cdv_civic.core.web.desk import Answer, actor, desk_blueprint
from cdv_civic.ideas.queries.boxes import PublicBox, desk_box
from cdv_civic.ideas.queries.groups import groups_of_box
from cdv_civic.ideas.rules.grouping import FEWEST_CHOICES
from cdv_civic.ideas.scopes import touched_box
from cdv_civic.territory.scopes import in_contract

blueprint: Final = desk_blueprint("idea_choices_desk", __name__, "/idees/<slug>/choix")


def _box(slug: str) -> PublicBox:
    """The box of a page, for whoever keeps it; 404 or `Forbidden` otherwise."""
    box = desk_box(slug, current_language().tag)
    if box is None:
        abort(404)
    require(actor(), "idea.group", touched_box(db.session(), box))
    return box


@blueprint.route("", methods=["GET", "POST"])
@policy("idea.group")
@keeps_form
def choice(slug: str) -> Answer:
    """Prepare the consultation in which residents choose, or see how far it is and what came of it."""
    box = _box(slug)
    language = current_language().tag
    found = choice_of_box(box.id, language)
    groups = groups_of_box(box.id, language)
    form = BallotForm()
    made = None
    status = 200
    if found is None:
        status, made = submit_for(
            form,
            lambda: draft_choice(actor(), box.id, Ballot(QuestionKind(form.kind.data), form.most.data)),
            saying=(Conflict,),
        )
    if made is not None:
        flash(_("La consultation est préparée. Personne d’autre que l’équipe ne la voit encore."), "success")
        return redirect(url_for("consultations_desk.show", slug=made), 303)
    outcomes = outcomes_of(found) if found is not None else {}
    page = render_template(
        "consultations/choices/choice.html",
        box=box,
        form=form,
        choice=found,
        fewest=FEWEST_CHOICES,
        retained=[each for each in groups if each.retained],
        faults=[CHOICE_FAULTS[each] for each in choice_faults(found.consultation_id)]
        if found is not None and found.calendar.published_at is None
        else [],
        outcomes={group: outcome_said(each, len(outcomes)) for group, each in outcomes.items()},
        born=axes_born(found.consultation_id) if found is not None else {},
        may_make=found is not None and may(actor(), "axis.edit", in_contract(found.contract_id)),
    )
    return page, status


@blueprint.post("/reprendre")
@policy("idea.group")
def renew(slug: str) -> AnyResponse:
    """Offer the groups that are retained now."""
    box = _box(slug)
    found = choice_of_box(box.id, current_language().tag)
    if found is None:
        abort(404)
    consultation = desk_consultation(found.slug, current_language().tag)
    version = consultation.version if consultation is not None else 0
    press(
        lambda: renew_options(actor(), found.consultation_id, version=version),
        lambda _done: _("Les réponses proposées sont les groupes retenus."),
    )
    return redirect(url_for("idea_choices_desk.choice", slug=slug), 303)


@blueprint.route("/contrat", methods=["GET", "POST"])
@policy("axis.edit")
@keeps_form
def tree(slug: str) -> Answer:
    """Make parts of the contract of the groups that were chosen, once the results are published."""
    language = current_language().tag
    box = desk_box(slug, language)
    if box is None:
        abort(404)
    require(actor(), "axis.edit", in_contract(box.contract_id))
    found = choice_of_box(box.id, language)
    if found is None or found.calendar.frozen_at is None:
        abort(404)
    born = axes_born(found.consultation_id)
    if None in born:
        return redirect(navigation.url("contract", contract=found.contract, axe=born[None]), 303)
    outcomes = outcomes_of(found)
    groups = [each for each in groups_of_box(box.id, language) if each.retained]
    groups.sort(key=lambda each: (outcomes[each.id].rank or 0) if each.id in outcomes else 0)
    labels = []
    for each in groups:
        said = outcome_said(outcomes[each.id], len(outcomes)) if each.id in outcomes else ""
        labels.append((each.id, f"{each.title.text} · {said}" if said else each.title.text))
    form = tree_form(labels, [each.id for each in groups])
    status, code = submit_for(form, lambda: make_tree(actor(), found.consultation_id, form.groups.data or ()))
    if code is not None:
        flash(_("C’est fait\u00a0: le contrat a une partie pour chaque groupe choisi."), "success")
        return redirect(navigation.url("contract", contract=found.contract, axe=code), 303)
    return render_template("consultations/choices/tree.html", box=box, form=form), status
