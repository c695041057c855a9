"""What a carrier does: tell what happened, or that the project stops; by the receipt, or signed in."""

from typing import Final

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import ColumnElement
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import limits
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.protection import keeps_form, open_form
from cdv_civic.core.forms.submit import submit, submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.idempotency import FIELD
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import Answer, actor
from cdv_civic.core.web.desk import keep_nothing as keep_for_one_person
from cdv_civic.core.web.request_limits import takes
from cdv_civic.fund.reviews.forms import (
    AnyReviewForm,
    OpenReviewForm,
    OpenStopForm,
    SignedReviewForm,
    SignedStopForm,
    review_form,
    told_of,
)
from cdv_civic.fund.reviews.operations import stopping, telling
from cdv_civic.fund.reviews.operations.finding import by_account, by_receipt
from cdv_civic.fund.reviews.queries.projects import ReviewedProject, reviewed_project
from cdv_civic.participation import receipts
from cdv_civic.participation.forms import ReceiptForm
from cdv_civic.participation.rules.receipts import written
from cdv_civic.participation.views import private_answer, receipt_page

blueprint: Final = Blueprint("fund_reviews", __name__, url_prefix="/<lang>")
#: Of one's own account: no cache keeps these pages.
own: Final = Blueprint("own_reviews", __name__, url_prefix="/<lang>/moi/projets")
keep_for_one_person(own)


def _found(code: str) -> ReviewedProject | None:
    return reviewed_project(by_receipt(code), g.language.tag)


def _no_receipt(refusal: DomainError) -> AnyResponse:
    """The page where a receipt is typed, and what is wrong with the one that was sent."""
    asked = ReceiptForm(formdata=None)
    return private_answer(receipt_page(asked), asked.refuse_act(refusal))


def _back() -> AnyResponse:
    """To the page where a receipt is typed: whoever asks for an address of these alone (another language) has none."""
    return redirect(url_for("participation.follow"))


def _form_page(project: ReviewedProject, form: AnyReviewForm, receipt: str = "") -> str:
    return render_template("fund/reviews/tell.html", project=project, form=form, receipt=receipt)


def _told_page(project: ReviewedProject, receipt: str = "", *, now: bool = False) -> str:
    """Where a review stands; `now`: it was sent just now."""
    return render_template("fund/reviews/told.html", project=project, receipt=receipt, now=now)


@blueprint.route("/fonds/suivi/bilan", methods=["GET", "POST"])
@policy("receipt.follow")
@open_form
@takes(megabytes_of_files=60)
def tell() -> AnyResponse:
    """The review of one's project by the receipt: its form, which the receipt alone asks for, and what it brings."""
    if request.method != "POST":
        return _back()
    try:
        project, code = receipts.asked_for(request.form.get("receipt", ""), _found)
    except DomainError as unknown:
        return _no_receipt(unknown)
    receipt = written(code)
    first = FIELD not in request.form
    if not project.tells and first:
        return private_answer(_told_page(project, receipt))
    form = review_form(OpenReviewForm, project, first=first, lang=project.lang or g.language.tag)
    form.receipt.data = receipt

    def act() -> int:
        limits.count_open_form()
        return telling.tell(by_receipt(code), told_of(form))

    status, done = (200, None) if first else submit_for(form, act)
    if done is not None:
        return private_answer(_told_page(_found(code) or abort(404), receipt, now=True))
    return private_answer(_form_page(project, form, receipt), status)


@blueprint.route("/fonds/suivi/renoncer", methods=["GET", "POST"])
@policy("receipt.follow")
@open_form
def stop() -> AnyResponse:
    """Say by the receipt that a selected project does not take place: asked first, then done."""
    if request.method != "POST":
        return _back()
    try:
        project, code = receipts.asked_for(request.form.get("receipt", ""), _found)
    except DomainError as unknown:
        return _no_receipt(unknown)
    receipt = written(code)
    first = "reason" not in request.form
    form = OpenStopForm(formdata=None) if first else OpenStopForm()
    form.receipt.data = receipt

    def act() -> tuple[bool]:
        limits.count_open_form()
        return (stopping.stop_by_carrier(by_receipt(code), form.reason.data or ""),)

    status, done = (200, None) if first else submit_for(form, act)
    if done is not None or (first and not project.carrier_stops):
        return private_answer(_stopped_page(_found(code) or abort(404), receipt))
    page = render_template("fund/reviews/stop.html", project=project, form=form, receipt=receipt)
    return private_answer(page, status)


def _stopped_page(project: ReviewedProject, receipt: str) -> str:
    return render_template("fund/reviews/stopped.html", project=project, receipt=receipt)


def _own(project_id: int) -> tuple[ReviewedProject, ColumnElement[bool]]:
    account_id = actor().actor_id
    if account_id is None:
        abort(404)
    whose = by_account(account_id, project_id)
    project = reviewed_project(whose, g.language.tag)
    if project is None:
        abort(404)
    return project, whose


@own.route("/<int:project_id>/bilan", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
@takes(megabytes_of_files=60)
def tell_own(project_id: int) -> Answer:
    """The review of a project that one put with one's account."""
    project, whose = _own(project_id)
    if not project.tells and request.method == "GET":
        return _told_page(project)
    first = request.method == "GET"
    form = review_form(SignedReviewForm, project, first=first, lang=project.lang or g.language.tag)
    status = submit(form, lambda: telling.tell(whose, told_of(form), actor()))
    if status is None:
        return _told_page(_own(project_id)[0], now=True)
    return _form_page(project, form), status


@own.route("/<int:project_id>/arreter", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def stop_own(project_id: int) -> Answer:
    """Say that such a project does not take place."""
    project, whose = _own(project_id)
    if not project.carrier_stops and request.method == "GET":
        return _stopped_page(project, "")
    form = SignedStopForm()
    status = submit(form, lambda: stopping.stop_by_carrier(whose, form.reason.data or "", actor()))
    if status is None:
        flash(_("Le projet est arrêté."), "success")
        return redirect(url_for("own_reviews.stop_own", project_id=project_id), 303)
    return render_template("fund/reviews/stop.html", project=project, form=form, receipt=""), status
