"""The desk of charters: how texts are read, who answers appeals, and the principles in each language."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.db import db
from cdv_civic.core.errors import ChangedMeanwhile, DomainError
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit
from cdv_civic.core.forms.texts import text_data, texts_of
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language, site_languages
from cdv_civic.core.localized import texts_in_all
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, desk_blueprint, number_in
from cdv_civic.moderation.charter import operations
from cdv_civic.moderation.charter.forms import charter_form, principle_form
from cdv_civic.moderation.charter.operations import ACTION, CharterOf, Manner
from cdv_civic.moderation.charter.queries import (
    CharterFacts,
    bodies_to_answer,
    charter_of_body,
    charter_of_staff,
    charters_within,
)
from cdv_civic.moderation.charter.views import charter_url
from cdv_civic.moderation.models import Charter, CharterPrinciple
from cdv_civic.moderation.queries.places import moderated_body
from cdv_civic.territory.models import Body, Contract

blueprint = desk_blueprint("charter_desk", __name__, "/chartes")


@blueprint.get("")
@policy("charter.edit")
def table() -> str:
    """The charters that somebody may write."""
    return render_template(
        "moderation/charter/table.html", charters=charters_within(reach_of(actor(), ACTION))
    )


@blueprint.get("/groupe/<int:body_id>")
@policy("charter.edit")
def of_body(body_id: int) -> AnyResponse:
    """The charter of a body, from the menu of its pages."""
    place = moderated_body(body_id)
    if place is None:
        abort(404)
    return _back(_charter(place.contract_id, body_id)[1])


def _charter(contract_id: int, body_id: int) -> tuple[CharterFacts, CharterOf]:
    """The charter of a body (0: of the staff), for whoever may write it; 404 or `Forbidden` otherwise."""
    tag = current_language().tag
    facts = (
        charter_of_body(Body.id == body_id, tag)
        if body_id
        else charter_of_staff(Contract.id == contract_id, tag)
    )
    if facts is None or facts.contract_id != contract_id:
        abort(404)
    whose = CharterOf(contract_id, body_id or None)
    operations.require_edit(db.session(), actor(), whose)
    return facts, whose


def _back(whose: CharterOf) -> AnyResponse:
    return redirect(
        url_for("charter_desk.edit", contract_id=whose.contract_id, body_id=whose.body_id or 0), 303
    )


@blueprint.route("/<int:contract_id>/<int:body_id>", methods=["GET", "POST"])
@policy("charter.edit")
@keeps_form
def edit(contract_id: int, body_id: int) -> Answer:
    """How texts are read and who answers appeals; the principles below it."""
    facts, whose = _charter(contract_id, body_id)
    form = charter_form(facts, bodies_to_answer(contract_id, body_id) if body_id else ())
    status = submit(
        form,
        lambda: operations.describe_charter(
            actor(),
            whose,
            Manner(
                form.read_before.data == "avant",
                form.read_within_hours.data or 0,
                number_in(form.appeals_body_id.data) if body_id else None,
            ),
            version=form.version.number,
        ),
    )
    if status is None:
        flash(_("C’est enregistré."), "success")
        return _back(whose)
    page = render_template(
        "moderation/charter/edit.html",
        form=form,
        charter=facts,
        body_id=body_id,
        public_url=charter_url(facts),
    )
    return page, status


@blueprint.route("/<int:contract_id>/<int:body_id>/principe", methods=["GET", "POST"])
@policy("charter.edit")
@keeps_form
def add(contract_id: int, body_id: int) -> Answer:
    """A new principle, at the end."""
    facts, whose = _charter(contract_id, body_id)
    form = principle_form(site_languages(), {"version": str(facts.version)})
    status = submit(
        form,
        lambda: operations.add_principle(actor(), whose, texts_of(form, "text"), version=form.version.number),
    )
    if status is None:
        flash(_("Le principe est dans la charte."), "success")
        return _back(whose)
    return _principle_page(form, facts, body_id, new=True), status


@blueprint.route("/principes/<int:principle_id>", methods=["GET", "POST"])
@policy("charter.edit")
@keeps_form
def change(principle_id: int) -> Answer:
    """Say a principle otherwise, or translate it."""
    row, facts, whose = _principle(principle_id)
    (texts,) = texts_in_all(row.text_id)
    form = principle_form(site_languages(), {"version": str(facts.version), **text_data("text", texts)})
    status = submit(
        form,
        lambda: operations.change_principle(
            actor(), principle_id, texts_of(form, "text"), version=form.version.number
        ),
    )
    if status is None:
        flash(_("C’est enregistré."), "success")
        return _back(whose)
    return _principle_page(form, facts, whose.body_id or 0, new=False), status


def _principle_page(form: Any, facts: CharterFacts, body_id: int, *, new: bool) -> str:
    return render_template(
        "moderation/charter/principle.html",
        form=form,
        charter=facts,
        body_id=body_id,
        new=new,
        languages_to=site_languages(),
    )


def _principle(principle_id: int) -> tuple[CharterPrinciple, CharterFacts, CharterOf]:
    row = db.session.get(CharterPrinciple, principle_id)
    charter = db.session.get(Charter, row.charter_id) if row is not None else None
    if row is None or charter is None or row.retired_at is not None:
        abort(404)
    facts, whose = _charter(charter.contract_id, charter.body_id or 0)
    return row, facts, whose


def _version() -> int:
    """The version that the page with the button showed."""
    number = number_in(request.form.get("version"))
    if number is None:
        raise ChangedMeanwhile
    return number


@blueprint.post("/principes/<int:principle_id>/deplacer")
@policy("charter.edit")
def move(principle_id: int) -> AnyResponse:
    """Move a principle one place up, or down."""
    _row, _facts, whose = _principle(principle_id)
    up = request.form.get("sens") == "haut"
    press(
        lambda: operations.move_principle(actor(), principle_id, up=up, version=_version()),
        lambda _done: _("L’ordre est changé."),
    )
    return _back(whose)


@blueprint.post("/principes/<int:principle_id>/retirer")
@policy("charter.edit")
def retire(principle_id: int) -> AnyResponse:
    """Take a principle out of the charter."""
    _row, _facts, whose = _principle(principle_id)
    press(
        lambda: operations.retire_principle(actor(), principle_id, version=_version()),
        lambda _done: _("Le principe est retiré. Les décisions d’avant le citent encore."),
    )
    return _back(whose)


@blueprint.post("/<int:contract_id>/<int:body_id>/exemple")
@policy("charter.edit")
def adopt(contract_id: int, body_id: int) -> AnyResponse:
    """Begin with the principles of the example."""
    _facts, whose = _charter(contract_id, body_id)
    press(
        lambda: operations.adopt_example(actor(), whose, version=_version()),
        lambda _done: _("L’exemple est copié. Relisez chaque principe, puis publiez."),
    )
    return _back(whose)


@blueprint.post("/<int:contract_id>/<int:body_id>/publier")
@policy("charter.edit")
def publish(contract_id: int, body_id: int) -> AnyResponse:
    """Let the charter be in force."""
    _facts, whose = _charter(contract_id, body_id)
    press(
        lambda: operations.publish_charter(actor(), whose, version=_version()),
        lambda _done: _("La charte est publiée."),
        saying=(DomainError,),
    )
    return _back(whose)
