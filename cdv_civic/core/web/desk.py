"""What the pages of all desks share: who acts, and that no cache keeps what they show."""

from collections.abc import Iterable
from typing import cast

from flask import Blueprint, Response
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.policy.model import Actor

#: What a view of the desk gives: a page, a page with its status, or where to go.
Answer = str | tuple[str, int] | AnyResponse


def _keep_nothing(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _who() -> dict[str, object]:
    return {"actor": current_user}


def desk_blueprint(name: str, import_name: str, path: str) -> Blueprint:
    """A blueprint of pages for one person at the desk, under `/<lang>/bureau` and `path`.

    No cache may keep them; their head says who is there.
    """
    blueprint = Blueprint(name, import_name, url_prefix=f"/<lang>/bureau{path}")
    keep_for_one_person(blueprint)
    return blueprint


def keep_nothing(blueprint: Blueprint) -> None:
    """Let no cache keep the pages of a blueprint: they hold a token, a code or what is one person's."""
    blueprint.after_request(_keep_nothing)


def keep_for_one_person(blueprint: Blueprint) -> None:
    """Let no cache keep the pages of a blueprint, and tell them who is there."""
    keep_nothing(blueprint)
    blueprint.context_processor(_who)


def actor() -> Actor:
    """Who acts in this request; the route's policy has seen that somebody is signed in."""
    return cast(Actor, current_user._get_current_object())


def number_in(typed: str | None) -> int | None:
    """The number that an address or a form gives; None where it gives none."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def numbers_in(typed: Iterable[str]) -> list[int]:
    """The numbers that a form gives of several things; what is none is left out."""
    return [number for each in typed if (number := number_in(each)) is not None]
