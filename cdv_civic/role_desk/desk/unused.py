"""The desk's list of accounts that nobody uses and that hold roles: the clock leaves them to a person."""

from flask import render_template

from cdv_civic.accounts.unused import unused_with_roles
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import actor
from cdv_civic.role_desk.desk.blueprint import blueprint


@blueprint.get("/comptes-inutilises")
@policy("account.manage")
def unused() -> str:
    """The list, the longest unused first."""
    return render_template(
        "role_desk/unused.html", rows=unused_with_roles(actor()), days=current_settings().account_unused_days
    )
