"""The one place where a receipt is typed, whatever it was given for."""

from typing import Final

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.forms.protection import open_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.policy.guard import policy
from cdv_civic.participation import receipts
from cdv_civic.participation.forms import ReceiptForm
from cdv_civic.participation.rules.receipts import written

blueprint = Blueprint("participation", __name__, url_prefix="/<lang>")
NO_STORE: Final = "no-store"
#: What the second POST of something that is taken back by a receipt says: the first one asks.
SURE: Final = "oui"


def private_answer(page: str, status: int = 200, cache: str = NO_STORE) -> AnyResponse:
    """A page that is of one person, without a session; by itself nobody keeps a copy."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = cache
    return response


def receipt_page(form: ReceiptForm) -> str:
    """The page where a receipt is typed, for what a feature does with one besides."""
    return render_template("participation/follow.html", form=form)


def take_back_page(heading: str, erased: str, press: str, code: str) -> str:
    """The page that asks before a text is taken back by its receipt: what goes, and the words of the button.
    Its form is sent to the address that drew it.
    """
    return render_template(
        "participation/take_back.html",
        heading=heading,
        erased=erased,
        press=press,
        receipt=written(code),
        sure=SURE,
    )


def taken_back_page(onward: str, onward_label: str) -> str:
    """The page that follows, with a way on."""
    return render_template("participation/taken_back.html", onward=onward, onward_label=onward_label)


@blueprint.route("/parole/suivi", methods=["GET", "POST"])
@policy("receipt.follow")
@open_form
def follow() -> AnyResponse:
    """Where something is on its way, by its receipt. The code is sent in the form, never in an address."""
    form = ReceiptForm()
    status, found = submit_for(form, lambda: receipts.asked_for(form.receipt.data or "", receipts.page_of))
    if found is not None:
        page, _code = found
        return private_answer(page)
    page = receipt_page(form)
    return private_answer(page, status) if form.is_submitted() else make_response(page)
