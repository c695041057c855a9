"""The accounts, the page of one, and what is done with it as a whole."""

from flask import render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts.operations import close_account
from cdv_civic.core.forms.submit import press
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import actor
from cdv_civic.core.web.search import typed_search
from cdv_civic.role_desk.desk.blueprint import account_at_desk, back_to_account, blueprint
from cdv_civic.role_desk.queries import accounts as queries
from cdv_civic.sign_in.oidc.operations import unlink_identities


@blueprint.get("/comptes")
@policy("role.grant")
def table() -> str:
    """The accounts whose roles one may know of; `?q=` looks for some."""
    typed = typed_search(request.args)
    place = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=1)
    page = queries.accounts(actor(), typed, place)

    def turn(**where: str) -> str:
        return url_for("role_desk.table", q=typed or None, **where)  # type: ignore[arg-type]

    return render_template(
        "role_desk/accounts.html",
        rows=page.rows,
        q=typed,
        mails=current_settings().mails,
        manages=queries.manages(actor()),
        previous_url=turn(avant=write_key(page.previous_key)) if page.previous_key else None,
        next_url=turn(apres=write_key(page.next_key)) if page.next_key else None,
    )


@blueprint.get("/comptes/<int:account_id>")
@policy("role.grant")
def show(account_id: int) -> str:
    """One account: its roles, and what can be done with it."""
    return render_template(
        "role_desk/account.html",
        account=account_at_desk(account_id),
        manages=queries.manages(actor()),
        mails=current_settings().mails,
    )


@blueprint.post("/comptes/<int:account_id>/fermer")
@policy("account.manage")
def close(account_id: int) -> AnyResponse:
    """Close an account."""
    press(lambda: close_account(actor(), account_id), lambda _done: _("Le compte est fermé."))
    return back_to_account(account_id)


@blueprint.post("/comptes/<int:account_id>/identites/defaire")
@policy("account.manage")
def unlink(account_id: int) -> AnyResponse:
    """Forget who somebody is at another service that people sign in with."""
    press(
        lambda: unlink_identities(actor(), account_id),
        lambda _done: _("Le lien avec l’autre service est défait."),
    )
    return back_to_account(account_id)
