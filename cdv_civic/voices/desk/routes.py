"""The blueprint of the register's desk, and what its pages share."""

from flask import abort

from cdv_civic.bodies.desk.routes import body_at_desk
from cdv_civic.bodies.queries.desk import DeskBody
from cdv_civic.core.web.desk import desk_blueprint

blueprint = desk_blueprint("voices_desk", __name__, "/instances")


def hearing_body(body_id: int, action: str) -> DeskBody:
    """A body where residents are heard, for whoever may do `action` on it; 404 or `Forbidden` otherwise."""
    dossier = body_at_desk(body_id, action)
    if not dossier.residents:
        abort(404)
    return dossier
