"""The desk of a body's members."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from cdv_civic.bodies.desk.blueprint import body_at_desk, residents_body_at_desk
from cdv_civic.bodies.queries.desk import DeskBody
from cdv_civic.core import clock
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit, submit_for
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor, desk_blueprint
from cdv_civic.seats import queries, wording
from cdv_civic.seats.forms import AccountForm, EndForm, NumbersForm, SeatForm, seat_form
from cdv_civic.seats.operations import proposals
from cdv_civic.seats.operations.accounts import link_account
from cdv_civic.seats.operations.members import call_substitute, change_seat, end_seat, open_seat
from cdv_civic.seats.operations.numbers import set_numbers
from cdv_civic.seats.queries import DeskMember
from cdv_civic.seats.rules import COLLEGES, RESIDENTS

blueprint = desk_blueprint("seats_desk", __name__, "/instances/<int:body_id>/membres")


def _member(body_id: int, seat_id: int) -> tuple[DeskBody, DeskMember]:
    """The body and the member of a page; 404 where there is none, or `Forbidden`."""
    body = residents_body_at_desk(body_id, "seat.edit")
    member = queries.desk_member(body_id, seat_id)
    if member is None:
        abort(404)
    return body, member


def _back(body_id: int, said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for("seats_desk.show", body_id=body_id), 303)


@blueprint.get("")
@policy("seat.edit")
def show(body_id: int) -> str:
    """The members by collège, the substitutes, and friendly warnings."""
    body = body_at_desk(body_id, "seat.edit")
    membership = queries.membership(body_id, clock.today())
    return render_template(
        "seats/desk.html",
        body=body,
        membership=membership,
        cautions=[wording.caution_text(each) for each in membership.cautions],
    )


@blueprint.route("/nouveau", methods=["GET", "POST"])
@policy("seat.edit")
@keeps_form
def add(body_id: int) -> Answer:
    """The form of a new member."""
    body = residents_body_at_desk(body_id, "seat.edit")
    form = seat_form({"college": RESIDENTS, "starts_on": clock.today()})
    status = submit(
        form,
        lambda: open_seat(actor(), body_id, form.member(), client_key=form.client_key.data or ""),
    )
    if status is None:
        return _back(body_id, _("C’est enregistré."))
    return render_template("seats/edit.html", body=body, form=form, member=None), status


def _as_typed(member: DeskMember) -> dict[str, Any]:
    names = (
        "college", "substitute", "first_name", "last_name", "represents", "email", "phone", "minor", "hidden",
        "starts_on", "ends_on",
    )  # fmt: skip
    return {
        **{name: getattr(member, name) for name in names},
        "way": member.way.code,
        "gender": member.gender or "",
        "name_public": member.name_public_on is not None,
        "version": str(member.version),
    }


@blueprint.route("/<int:seat_id>/modifier", methods=["GET", "POST"])
@policy("seat.edit")
@keeps_form
def change(body_id: int, seat_id: int) -> Answer:
    """The form of a member who is there."""
    body, member = _member(body_id, seat_id)
    form: SeatForm = seat_form(_as_typed(member))
    status = submit(
        form,
        lambda: change_seat(actor(), seat_id, form.member(), version=form.version.number),
    )
    if status is None:
        return _back(body_id, _("C’est enregistré."))
    return render_template("seats/edit.html", body=body, form=form, member=member), status


@blueprint.route("/<int:seat_id>/fin", methods=["GET", "POST"])
@policy("seat.edit")
@keeps_form
def end(body_id: int, seat_id: int) -> Answer:
    """Ask why, then end a seat."""
    body, member = _member(body_id, seat_id)
    form = EndForm(data={"version": str(member.version)})
    status = submit(
        form,
        lambda: end_seat(actor(), seat_id, form.ending.data, version=form.version.number),
    )
    if status is None:
        return _back(body_id, _("Cette personne a quitté son siège. Ses coordonnées sont effacées."))
    return render_template("seats/end.html", body=body, form=form, member=member), status


@blueprint.route("/<int:seat_id>/oui", methods=["GET", "POST"])
@policy("seat.edit")
@keeps_form
def accept(body_id: int, seat_id: int) -> Answer:
    """Ask first; then somebody who was proposed has said yes."""
    body, member = _member(body_id, seat_id)
    form = VersionForm(data={"version": str(member.version)})
    status = submit(form, lambda: proposals.accept(actor(), seat_id, version=form.version.number))
    if status is not None:
        return render_template("seats/accept.html", body=body, form=form, member=member), status
    if member.substitute:
        return _back(body_id, _("C’est noté : la personne est sur la liste des remplacements."))
    return _back(body_id, _("C’est noté : la personne a maintenant son siège."))


@blueprint.route("/<int:seat_id>/non", methods=["GET", "POST"])
@policy("seat.edit")
@keeps_form
def decline(body_id: int, seat_id: int) -> Answer:
    """Ask once more, then forget somebody who said no."""
    body, member = _member(body_id, seat_id)
    form = VersionForm(data={"version": str(member.version)})
    status = submit(
        form,
        lambda: proposals.decline(actor(), seat_id, version=form.version.number),
    )
    if status is None:
        return _back(body_id, _("C’est noté. Son nom et ses coordonnées sont effacés de cette liste."))
    return render_template("seats/decline.html", body=body, form=form, member=member), status


@blueprint.route("/<int:seat_id>/appeler", methods=["GET", "POST"])
@policy("seat.edit")
@keeps_form
def call(body_id: int, seat_id: int) -> Answer:
    """Ask first, then give a seat to the first substitute."""
    body, member = _member(body_id, seat_id)
    form = ButtonForm()
    status = submit(form, lambda: call_substitute(actor(), seat_id))
    if status is None:
        return _back(body_id, _("La personne a maintenant un siège. Prévenez-la."))
    return render_template("seats/call.html", body=body, form=form, member=member), status


@blueprint.route("/sieges", methods=["GET", "POST"])
@policy("seat.edit")
@keeps_form
def numbers(body_id: int) -> Answer:
    """How many seats each collège has."""
    body = residents_body_at_desk(body_id, "seat.edit")
    known = queries.membership(body_id, clock.today()).colleges
    form = NumbersForm(data={f"number_{each.word.code}": each.number for each in known})
    status = submit(form, lambda: set_numbers(actor(), body_id, form.numbers()))
    if status is None:
        return _back(body_id, _("C’est enregistré."))
    return render_template("seats/numbers.html", body=body, form=form, colleges=COLLEGES), status


@blueprint.route("/<int:seat_id>/compte", methods=["GET", "POST"])
@policy("seat.edit")
@keeps_form
def account(body_id: int, seat_id: int) -> Answer:
    """Tie a seat to an account."""
    body, member = _member(body_id, seat_id)
    form = AccountForm(data={"version": str(member.version)}, email=member.email)
    status, granted = submit_for(
        form,
        lambda: link_account(actor(), seat_id, form.email.data or "", version=form.version.number),
    )
    if granted is not None:
        return _back(
            body_id,
            _("C’est fait. Cette adresse ouvre maintenant la page des membres.")
            if granted
            else _("Le siège est relié. Demandez à votre équipe de donner le rôle de membre."),
        )
    return render_template("seats/account.html", body=body, form=form, member=member), status
