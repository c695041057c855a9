"""The desk's list of accounts that nobody uses and that hold roles: the clock leaves them to a person."""

from typing import cast

from flask import Blueprint, current_app, make_response, render_template
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.access.retention import unused_with_roles
from cdv_civic.core.config import Settings
from cdv_civic.core.policy import Actor, policy
from cdv_civic.people.desk import keep_nothing

blueprint = Blueprint("unused_accounts", __name__, url_prefix="/<lang>")
keep_nothing(blueprint)


@blueprint.get("/bureau/comptes-inutilises")
@policy("account.manage")
def table() -> AnyResponse:
    """The list, the longest unused first."""
    actor = cast(Actor, current_user._get_current_object())
    settings: Settings = current_app.extensions["settings"]
    page = render_template(
        "access/unused.html", actor=actor, rows=unused_with_roles(actor), days=settings.account_unused_days
    )
    return make_response(page)
