"""Public pages: contest a decision by the receipt of a text or of a report."""

from typing import Final

from flask import Blueprint, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import limits
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.protection import open_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import number_in
from cdv_civic.moderation.appeals.operations.contesting import NewAppeal, contest_by_receipt
from cdv_civic.moderation.appeals.public_forms import ReceiptAppealForm
from cdv_civic.moderation.appeals.queries import contested_by_receipt
from cdv_civic.participation import receipts
from cdv_civic.participation.rules.receipts import written
from cdv_civic.participation.views import private_answer, receipt_page

blueprint = Blueprint("appeals", __name__, url_prefix="/<lang>")
#: What the page of an appeal says once it has asked for the words.
ASKED: Final = "oui"


@blueprint.post("/contester")
@policy("text.report")
@open_form
def contest() -> AnyResponse:
    """Contest a decision by the receipt of the text or of the report: the first POST asks, the second sends it."""
    sent = ReceiptAppealForm()
    decision_id = number_in(sent.decision.data) or 0
    try:
        decided, code = receipts.asked_for(
            sent.receipt.data or "", lambda known: contested_by_receipt(known, decision_id, g.language.tag)
        )
    except DomainError as refused:
        status = sent.refuse_act(refused)
        if sent.receipt.errors:
            return redirect(url_for("participation.follow"), 303)
        return private_answer(receipt_page(sent), status)
    form = sent
    status, done = 200, None
    if sent.asked.data == ASKED:

        def act() -> int:
            limits.count_open_form()
            return contest_by_receipt(
                code,
                NewAppeal(decision_id, form.words.data or "", form.client_key.data or "", g.language.tag),
            )

        status, done = submit_for(form, act)
    else:
        form = ReceiptAppealForm(
            formdata=None,
            data={"receipt": written(code), "decision": str(decision_id), "asked": ASKED},
        )
    if done is not None:
        return private_answer(render_template("moderation/appeals/received.html", receipt=written(code)))
    page = render_template(
        "moderation/appeals/contest.html", form=form, decided=decided, action=url_for("appeals.contest")
    )
    return private_answer(page, status)
