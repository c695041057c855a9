"""The blueprint of the desk of accounts and roles, and what its pages share."""

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.errors import Forbidden
from cdv_civic.core.policy.decisions import FORBIDDEN
from cdv_civic.core.web.desk import actor, desk_blueprint
from cdv_civic.role_desk.choosing import RoleChoice
from cdv_civic.role_desk.queries import accounts as queries
from cdv_civic.role_desk.queries.accounts import AccountDetail

blueprint = desk_blueprint("role_desk", __name__, "")


def account_at_desk(account_id: int) -> AccountDetail:
    """The account of a page. Who looks after some accounts learns nothing of others, not even whether they are."""
    account = queries.account(actor(), account_id)
    if account is None and not queries.manages(actor()):
        raise Forbidden(FORBIDDEN)
    if account is None:
        abort(404)
    return account


def choosing_page(choice: RoleChoice, account: AccountDetail | None) -> AnyResponse:
    """The steps before the form: plain links, so that each can be taken back. A form sent without them does nothing."""
    page = render_template("role_desk/choose_role.html", choice=choice, account=account)
    return make_response(page, 422 if request.method == "POST" else 200)


def back_to_account(account_id: int, said: str = "") -> AnyResponse:
    """Lead to the page of an account, with a sentence where something was done."""
    if said:
        flash(said, "success")
    return redirect(url_for("role_desk.show", account_id=account_id), 303)
