"""Corrections once somebody has answered: one person proposes, another one decides."""

from flask import render_template, request

from cdv_civic.consultations.desk.blueprint import back_to, blueprint, consultation_at_desk
from cdv_civic.consultations.desk.forms.changing import correction_form
from cdv_civic.consultations.operations.editing import correcting as operations
from cdv_civic.consultations.organiser_models import CorrectionState
from cdv_civic.consultations.queries.changes import correction
from cdv_civic.consultations.queries.desk import is_answered
from cdv_civic.consultations.wording import text_label
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.forms.texts import texts_of
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor

_HERE = "consultations_desk.corrections"


@blueprint.route("/<slug>/corrections/texte/<int:text_id>", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def propose_correction(slug: str, text_id: int) -> Answer:
    """Other words for one text, and why; somebody else decides."""
    found = consultation_at_desk(slug)
    text = operations.text_to_correct(found.id, text_id)
    if request.method == "GET" and not is_answered(found.id):
        said = _("Personne n’a encore répondu\u00a0: changez ce texte dans son formulaire.")
        return back_to(slug, said, "info", endpoint="consultations_desk.texts")
    form = correction_form(
        site_languages(),
        text.texts,
        version=found.version,
        longest=text.longest,
        long=len(text.texts.get("fr", "")) > 100,
    )
    status = submit(
        form,
        lambda: operations.propose(
            actor(),
            found.id,
            text_id,
            texts_of(form, "text"),
            texts_of(form, "reason"),
            version=form.version.number,
        ),
    )
    if status is None:
        return back_to(
            slug, _("La correction est proposée. Une autre personne l’accepte ou la refuse."), endpoint=_HERE
        )
    page = render_template(
        "consultations/desk/propose.html",
        found=found,
        form=form,
        label=text_label(text.owner_kind, text.field),
        languages_to=site_languages(),
    )
    return page, status


@blueprint.route("/<slug>/corrections/<int:correction_id>", methods=["GET", "POST"])
@policy("consultation.edit")
@keeps_form
def decide_correction(slug: str, correction_id: int) -> Answer:
    """What would change, and two buttons."""
    found = consultation_at_desk(slug)
    known = correction(correction_id, found.id, current_language().tag)
    if known is None or known.state is not CorrectionState.PROPOSED:
        return back_to(slug, endpoint=_HERE)
    form = ButtonForm()
    accept = request.form.get("decision") == "accepter"
    status = submit(form, lambda: operations.decide(actor(), found.id, correction_id, accept=accept))
    if status is None:
        said = (
            _("La correction est faite. Elle se voit sur la page publique.")
            if accept
            else _("La correction est refusée. Rien n’a changé.")
        )
        return back_to(slug, said, endpoint=_HERE)
    page = render_template(
        "consultations/desk/decide.html",
        found=found,
        form=form,
        correction=known,
        own=known.proposed_by == actor().actor_id,
        label=text_label,
        languages_to=site_languages(),
    )
    return page, status
