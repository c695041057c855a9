"""The themes of a contract's parts: the import suggests them, staff decide."""

from dataclasses import dataclass
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from cdv_civic.commitments import operations
from cdv_civic.commitments.desk.routes import blueprint
from cdv_civic.commitments.forms import ThemeForm
from cdv_civic.commitments.models import commitment_axis
from cdv_civic.core.db import db
from cdv_civic.core.errors import NotFound
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.policy.decisions import reach_of, require
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import actor, number_in
from cdv_civic.territory.models import Axis, Contract
from cdv_civic.territory.scopes import contracts_within, in_contract
from cdv_civic.territory.vocabulary import THEMES, CodedTerm

#: The largest contract has some hundreds of parts.
MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a contract, with how many commitments hang right under it."""

    id: int
    contract_id: int
    code: str
    title: Words
    theme: CodedTerm | None
    commitments: int


def _parts(language: str, *conditions: Any) -> tuple[Part, ...]:
    """The parts in the document's order. 1 statement."""
    title = Localized("title", Axis.title_id, language)
    counted = (
        select(commitment_axis.c.axis_id, func.count().label("commitments"))
        .group_by(commitment_axis.c.axis_id)
        .subquery()
    )
    statement: Any = (
        select(Axis.id, Axis.contract_id, Axis.code, Axis.theme, counted.c.commitments, *title.columns)
        .outerjoin(counted, counted.c.axis_id == Axis.id)
        .where(Axis.retired_at.is_(None), *conditions)
        .order_by(Axis.contract_id, Axis.position, Axis.id)
        .limit(MOST)
    )
    return tuple(
        Part(
            row.id,
            row.contract_id,
            row.code,
            title.words(row),
            THEMES[row.theme] if row.theme else None,
            row.commitments or 0,
        )
        for row in db.session.execute(title.join(statement))
    )


@blueprint.get("/themes")
@policy("axis.edit")
def themes() -> str:
    """The parts of one contract with their themes; those without one alone: `?theme=aucun`. 4 statements."""
    mine = db.session.execute(
        select(Contract.id, Contract.short_title)
        .where(contracts_within(reach_of(actor(), "axis.edit")))
        .order_by(Contract.short_title)
    ).all()
    asked = number_in(request.args.get("contrat", ""))
    chosen = next((row for row in mine if row.id == asked), mine[0] if mine else None)
    without = request.args.get("theme") == "aucun"
    conditions = [Axis.theme.is_(None)] if without else []
    parts = (
        _parts(current_language().tag, Axis.contract_id == chosen.id, *conditions)
        if chosen is not None
        else ()
    )
    return render_template(
        "commitments/desk/themes.html", contracts=mine, chosen=chosen, parts=parts, without=without
    )


@blueprint.route("/themes/<int:axis_id>", methods=["GET", "POST"])
@policy("axis.edit")
@keeps_form
def theme(axis_id: int) -> str | Response | tuple[str, int]:
    """Set the theme of one part. 3 statements to read."""
    found = _parts(current_language().tag, Axis.id == axis_id)
    if not found:
        raise NotFound(_l("Cette partie du contrat n’existe pas."))
    part = found[0]
    require(actor(), "axis.edit", in_contract(part.contract_id))
    form = ThemeForm(data={"theme": part.theme.code if part.theme else ""})
    if form.validate_on_submit():
        count = operations.set_axis_theme(actor(), axis_id, form.theme.data or None)
        flash(
            ngettext(
                "Le thème est enregistré ; %(num)s engagement le suit.",
                "Le thème est enregistré ; %(num)s engagements le suivent.",
                count,
            )
            if count
            else _("Le thème est enregistré."),
            "success",
        )
        return redirect(url_for("commitments_desk.themes", contrat=part.contract_id), 303)
    page = render_template("commitments/desk/theme.html", part=part, form=form)
    return (page, 422) if form.is_submitted() else page
