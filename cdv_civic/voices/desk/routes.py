"""The blueprint of the register's desk, and what its pages share."""

from flask import abort

from cdv_civic.bodies.desk.routes import body_at_desk
from cdv_civic.bodies.queries.desk import DeskBody
from cdv_civic.core.web.desk import desk_blueprint, numbers_in
from cdv_civic.voices.operations.answering import MOST_AT_ONCE

blueprint = desk_blueprint("voices_desk", __name__, "/instances")


def hearing_body(body_id: int, action: str) -> DeskBody:
    """A body where residents are heard, for whoever may do `action` on it; 404 or `Forbidden` otherwise."""
    body = body_at_desk(body_id, action)
    if not body.residents:
        abort(404)
    return body


def ids_in(typed: str) -> list[int]:
    """Ids in an address: "12-13-14"."""
    return numbers_in(typed.split("-")[:MOST_AT_ONCE])
