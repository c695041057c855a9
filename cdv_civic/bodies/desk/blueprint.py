"""The blueprint of the bodies' desk, and what its pages share."""

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.bodies.queries import desk
from cdv_civic.core.db import db
from cdv_civic.core.policy.decisions import may, require
from cdv_civic.core.policy.table import ACTIONS
from cdv_civic.core.web.desk import actor, desk_blueprint
from cdv_civic.territory.scopes import touched_body

blueprint = desk_blueprint("bodies_desk", __name__, "/instances")


def body_at_desk(body_id: int, action: str) -> desk.DeskBody:
    """The body of a page, for whoever may do `action` on it; 404 or `Forbidden` otherwise."""
    body = desk.desk_body(body_id)
    if body is None:
        abort(404)
    require(actor(), action, touched_body(db.session(), body_id))
    return body


def residents_body_at_desk(body_id: int, action: str) -> desk.DeskBody:
    """`body_at_desk`, where residents sit in the body; 404 for others, which hold no meetings, seats or words here."""
    body = body_at_desk(body_id, action)
    if not body.residents:
        abort(404)
    return body


def back_to_body(body_id: int, said: str, kind: str = "success") -> AnyResponse:
    """Lead to the page of a body, with a sentence."""
    flash(said, kind)
    return redirect(url_for("bodies_desk.show", body_id=body_id), 303)


def allowed_at_desk(body_id: int) -> frozenset[str]:
    """The actions that the person may do on a body; 2 statements."""
    touched = touched_body(db.session(), body_id)
    return frozenset(name for name in ACTIONS if may(actor(), name, touched))
