"""Sign-in and sign-out."""

from flask import Blueprint

from cdv_civic.core.policy import policy

blueprint = Blueprint("people", __name__, url_prefix="/<lang>")


@blueprint.get("/connexion")
@policy("public")
def sign_in() -> str:
    """Placeholder."""
    return ""
