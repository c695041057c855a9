"""The accounts, the page of one, and what is done with it as a whole."""

from collections.abc import Callable

from flask import make_response, render_template, request, url_for
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts.operations import close_account, require_management
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.paging import read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.policy.model import Actor
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


@blueprint.route("/comptes/<int:account_id>/fermer", methods=["GET", "POST"])
@policy("account.manage")
@keeps_form
def close(account_id: int) -> AnyResponse:
    """Ask first, then close an account."""
    return _ask(account_id, "close", close_account, _l("Le compte est fermé."))


@blueprint.route("/comptes/<int:account_id>/identites/defaire", methods=["GET", "POST"])
@policy("account.manage")
@keeps_form
def unlink(account_id: int) -> AnyResponse:
    """Ask first, then forget who somebody is at another service that people sign in with."""
    return _ask(account_id, "unlink", unlink_identities, _l("Le lien avec l’autre service est défait."))


def _ask(account_id: int, name: str, act: Callable[[Actor, int], object], said: LazyString) -> AnyResponse:
    """The question of an act on a whole account, from the template of this name; then the act."""
    account = account_at_desk(account_id)
    require_management(actor())
    form = ButtonForm()
    status = submit(form, lambda: act(actor(), account_id))
    if status is None:
        return back_to_account(account_id, str(said))
    return make_response(render_template(f"role_desk/{name}.html", form=form, account=account), status)
