"""The desk: all commissions within reach, one of them, and its members."""

from typing import Any

from flask import abort, render_template

from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.fund.juries.desk.blueprint import back_to_fund, blueprint, fund_at_desk
from cdv_civic.fund.juries.forms import member_form
from cdv_civic.fund.juries.operations import members as operations
from cdv_civic.fund.juries.queries.funds import (
    JuryFund,
    JurySeat,
    bodies_of_contract,
    commission_of,
    juries_within,
    members_of,
)
from cdv_civic.fund.juries.wording import SIDES, warning_text
from cdv_civic.fund.scopes import EDIT


@blueprint.get("")
@policy("fund.edit")
def index() -> str:
    """The commissions within reach; 1 statement."""
    juries = juries_within(reach_of(actor(), EDIT), current_language().tag)
    return render_template("fund/juries/index.html", juries=juries)


@blueprint.get("/fonds/<int:fund_id>")
@policy("fund.edit")
def fund(fund_id: int) -> str:
    """A commission: who sits in it, its meetings, and friendly warnings; 5 statements."""
    found = fund_at_desk(fund_id)
    commission = commission_of(found, current_language().tag)
    return render_template(
        "fund/juries/fund.html",
        fund=found,
        commission=commission,
        sides=SIDES,
        warnings=[warning_text(each) for each in commission.warnings],
    )


def _member(fund_id: int, member_id: int) -> tuple[JuryFund, JurySeat]:
    found = fund_at_desk(fund_id)
    member = next((each for each in members_of(fund_id) if each.id == member_id), None)
    if member is None:
        abort(404)
    return found, member


@blueprint.route("/fonds/<int:fund_id>/membres/nouveau", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def add_member(fund_id: int) -> Answer:
    """The form of a new member."""
    found = fund_at_desk(fund_id)
    form = member_form({}, bodies_of_contract(found.contract_id))
    status = submit(
        form,
        lambda: operations.add_member(actor(), fund_id, form.member(), client_key=form.client_key.data or ""),
    )
    if status is None:
        return back_to_fund(fund_id, _("C’est enregistré."))
    return render_template("fund/juries/member.html", fund=found, form=form, member=None), status


@blueprint.route("/fonds/<int:fund_id>/membres/<int:member_id>", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def change_member(fund_id: int, member_id: int) -> Answer:
    """The form of a member who sits."""
    found, member = _member(fund_id, member_id)
    data: dict[str, Any] = {
        "version": str(member.version),
        "name": member.name,
        "side": member.side,
        "represents": member.represents,
        "body": str(member.body_id or ""),
    }
    form = member_form(data, bodies_of_contract(found.contract_id))
    status = submit(
        form,
        lambda: operations.change_member(actor(), member_id, form.member(), version=form.version.number),
    )
    if status is None:
        return back_to_fund(fund_id, _("C’est enregistré."))
    return render_template("fund/juries/member.html", fund=found, form=form, member=member), status


@blueprint.route("/fonds/<int:fund_id>/membres/<int:member_id>/fin", methods=["GET", "POST"])
@policy("fund.edit")
@keeps_form
def end_member(fund_id: int, member_id: int) -> Answer:
    """Ask first; then a member sits no more."""
    found, member = _member(fund_id, member_id)
    form = VersionForm(data={"version": str(member.version)})
    status = submit(form, lambda: operations.end_member(actor(), member_id, version=form.version.number))
    if status is None:
        return back_to_fund(fund_id, _("Cette personne ne siège plus."))
    return render_template("fund/juries/end_member.html", fund=found, form=form, member=member), status
