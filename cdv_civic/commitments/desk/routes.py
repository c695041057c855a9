"""The blueprint of the desk, and what all its pages share."""

from typing import cast

from flask import Blueprint, Response
from flask_login import current_user

from cdv_civic.core.policy import Actor

blueprint = Blueprint("desk", __name__, url_prefix="/<lang>/bureau")


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    """Pages of the desk are for one person: no cache may keep them."""
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.context_processor
def who() -> dict[str, object]:
    """Who is at the desk, for the head of the page."""
    return {"actor": current_user}


def actor() -> Actor:
    """Who acts in this request; the route's policy has seen that somebody is signed in."""
    return cast(Actor, current_user._get_current_object())
