"""Public pages: report a text without an account, and find one’s report again."""

from typing import Final

from flask import Blueprint, abort, current_app, g, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import limits
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core.errors import NotFound
from cdv_civic.core.forms.protection import open_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.policy.guard import policy
from cdv_civic.moderation.reports.forms import ReportForm
from cdv_civic.moderation.reports.operations import NewReport, ReportTaken, report
from cdv_civic.moderation.reports.queries import ReportedText, followed_report, reported_text
from cdv_civic.participation.reached import is_reached
from cdv_civic.participation.rules.receipts import written
from cdv_civic.participation.views import private_answer

blueprint = Blueprint("reporting", __name__, url_prefix="/<lang>")
#: Not kept by us, for each form has a name of its own; a browser may go back to it.
OWN_COPY: Final = "private, no-cache"


def _reporter() -> SignedIn | None:
    """Whoever has signed in, where this browser brings a session at all."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies or not current_user.is_authenticated:
        return None
    who: SignedIn = current_user._get_current_object()
    return who


@blueprint.route("/signaler/<int:text_id>", methods=["GET", "POST"])
@policy("text.report")
@open_form
def show(text_id: int) -> AnyResponse:
    """The form of a report, and its receipt.

    The receipt answers the POST itself, as that of words does: in an address it would stay in logs.
    """
    text = reported_text(text_id, g.language.tag)
    form, reporter = ReportForm(), _reporter()
    if not form.is_submitted():
        form.with_account.data = reporter is not None
    if text is None and not form.is_submitted():
        abort(404)

    def act() -> ReportTaken:
        limits.count_open_form()
        return report(
            NewReport(
                text_id,
                form.reason.data or "",
                form.client_key.data or "",
                form.words.data or "",
                form.contact.data or "",
                g.language.tag,
            ),
            reporter if form.with_account.data else None,
        )

    try:
        status, taken = submit_for(form, act, raising=(NotFound,))
    except NotFound:
        abort(404)
    if taken is not None:
        return private_answer(
            render_template(
                "moderation/reports/received.html",
                taken=taken,
                reachable=taken.in_full and is_reached(form.contact.data or ""),
                linked=reporter is not None and form.with_account.data,
                back_url=text.said.url if text is not None else None,
            )
        )
    if text is None:  # hidden since the form was opened: nothing of it is shown
        abort(404)
    return private_answer(_report_page(form, text, reporter is not None), status, OWN_COPY)


def _report_page(form: ReportForm, text: ReportedText, signed_in: bool) -> str:
    return render_template("moderation/reports/form.html", form=form, text=text, signed_in=signed_in)


def followed_page(code: str) -> str | None:
    """The page of a report by its receipt, for the place where receipts are typed; None: it is none of a report."""
    found = followed_report(code, g.language.tag)
    if found is None:
        return None
    return render_template("moderation/reports/followed.html", report=found, receipt=written(code))
