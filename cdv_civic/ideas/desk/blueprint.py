"""The blueprint of the desk of ideas, and what its pages share."""

from typing import Final

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.db import db
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.web.desk import actor, desk_blueprint, numbers_in
from cdv_civic.ideas.queries.boxes import PublicBox, desk_box
from cdv_civic.ideas.rules.grouping import MOST_AT_ONCE
from cdv_civic.ideas.scopes import ACTION, touched_box

blueprint: Final = desk_blueprint("ideas_desk", __name__, "/idees")


def box_at_desk(slug: str) -> PublicBox:
    """The box of a page, for whoever keeps it; 404 or `Forbidden` otherwise. 3 statements at most."""
    box = desk_box(slug, current_language().tag)
    if box is None:
        abort(404)
    require(actor(), ACTION, touched_box(db.session(), box))
    return box


def back_to(slug: str, said: object = None) -> AnyResponse:
    """To the page of a box, which says what was done."""
    if said is not None:
        flash(str(said), "success")
    return redirect(url_for("ideas_desk.show", slug=slug), 303)


def ids_in(typed: str) -> list[int]:
    """Ids in an address: "12-13-14"."""
    return numbers_in(typed.split("-")[:MOST_AT_ONCE])
