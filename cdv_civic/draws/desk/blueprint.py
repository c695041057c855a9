"""The blueprint of the desk of draws, and what its pages share."""

from flask import abort, flash, redirect, request, url_for

from cdv_civic.bodies.desk.blueprint import residents_body_at_desk
from cdv_civic.bodies.queries.desk import DeskBody
from cdv_civic.core.web.desk import Answer, desk_blueprint
from cdv_civic.draws import queries
from cdv_civic.draws.operations.locking import FROZEN
from cdv_civic.draws.queries import DeskCandidate, DeskDraw

blueprint = desk_blueprint("draws_desk", __name__, "/instances/<int:body_id>/tirages")


def draw_at_desk(body_id: int, draw_id: int) -> tuple[DeskBody, DeskDraw]:
    """The body and the draw of a page; 404 where there is none, or `Forbidden`."""
    body = residents_body_at_desk(body_id, "draw.run")
    found = queries.desk_draw(body_id, draw_id)
    if found is None:
        abort(404)
    return body, found


def person_listed(draw_id: int, candidate_id: int) -> DeskCandidate:
    """Somebody on the list of a draw; 404 where they are not on it (any more)."""
    person = next((each for each in queries.candidates_of(draw_id) if each.id == candidate_id), None)
    if person is None:
        abort(404)
    return person


def frozen(body_id: int, draw: DeskDraw) -> Answer | None:
    """To the draw, where the form that changes its list could only be refused; what was sent is refused on the form."""
    if draw.published_at is None or request.method == "POST":
        return None
    flash(str(FROZEN), "info")
    return back_to_draw(body_id, draw.id)


def back_to_draw(body_id: int, draw_id: int, said: str = "") -> Answer:
    """Lead to the page of a draw, with a sentence where something was done."""
    if said:
        flash(said, "success")
    return redirect(url_for("draws_desk.draw", body_id=body_id, draw_id=draw_id), 303)
