"""« Qui peut faire quoi » in words."""

from flask import render_template

from cdv_civic.core.policy.guard import policy
from cdv_civic.role_desk import permission_table
from cdv_civic.role_desk.desk.blueprint import blueprint


@blueprint.get("/droits")
@policy("account.self")
def permissions() -> str:
    """« Qui peut faire quoi »: the permission table in words."""
    return render_template(
        "role_desk/permission_table.html",
        themes=permission_table.rights(),
        roles=permission_table.role_lines(),
    )
