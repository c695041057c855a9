"""Each route declares its policy, `public` or an action, and is checked before its view runs."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, redirect, request, session
from flask.globals import request_ctx
from flask_login import current_user
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from cdv_civic.core.policy.decisions import may, require
from cdv_civic.core.policy.table import ACTIONS, PUBLIC
from cdv_civic.core.web import navigation
from cdv_civic.core.web.error_pages import came_from, from_this_site, signed_out_page

View = TypeVar("View", bound=Callable[..., Any])


def policy(action: str, *, reads: tuple[str, ...] = ()) -> Callable[[View], View]:
    """Declare what a route asks for: `public`, or an action; one that is open to anybody makes the page public.

    `reads` names the query parameters that a public page depends on. Others never reach its view (campaign marks,
    say), so that they make no page of their own in any cache; asking for one that is not declared is an error.
    """
    if action != PUBLIC and action not in ACTIONS:
        raise ValueError(f"unknown action {action}")

    def declare(view: View) -> View:
        view.__dict__["policy"] = PUBLIC if action != PUBLIC and ACTIONS[action].anybody else action
        view.__dict__["action"] = action
        view.__dict__["reads"] = reads
        return view

    return declare


def policy_of(app: Flask, endpoint: str) -> str | None:
    """The policy that an endpoint declares, or None."""
    declared: str | None = getattr(app.view_functions.get(endpoint), "policy", None)
    return declared


def action_of(app: Flask, endpoint: str) -> str | None:
    """What an endpoint declares, by the name that the table has for it, or None: where `policy_of` says `public`, the
    action may be one that is open to anybody."""
    declared: str | None = getattr(app.view_functions.get(endpoint), "action", None)
    return declared


class DeclaredParameters(ImmutableMultiDict[str, str]):
    """The query parameters that a view declares to read; asking for another raises `KeyError`."""

    def __init__(self, names: tuple[str, ...], sent: MultiDict[str, str]) -> None:
        super().__init__([(name, value) for name in names if name in sent for value in sent.getlist(name)])
        self._names = names

    def _declared(self, name: str) -> str:
        if name not in self._names:
            raise KeyError(f"the view does not declare that it reads the parameter {name}")
        return name

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        """As of any `MultiDict`."""
        return super().get(self._declared(key), *args, **kwargs)

    def getlist(self, key: str, *args: Any, **kwargs: Any) -> list[Any]:
        """As of any `MultiDict`."""
        return super().getlist(self._declared(key), *args, **kwargs)


def _ask_to_sign_in(view: Callable[..., object]) -> Response:
    """The sign-in page; where a form was sent from here, a page that keeps what was typed until then."""
    back = request.full_path.rstrip("?") if request.method == "GET" else came_from()
    shared = bool(session.get("shared"))
    # On a shared device the session ended by itself: the sign-in page says so, and nothing of before is shown.
    poste, fin = ("partage", "inactif") if shared else (None, None)
    sign_in = navigation.url("sign_in", retour=back, poste=poste, fin=fin)
    kept = None
    if request.method == "POST" and getattr(view, "keeps_form", False) and not shared and from_this_site():
        kept = signed_out_page(sign_in)
    return kept or redirect(sign_in)  # type: ignore[return-value]


def register(app: Flask) -> None:
    """Check the declared policy before each view; a route that declares none is an error."""
    app.jinja_env.globals["may"] = may

    @app.before_request
    def check_policy() -> Response | None:
        asked = request_ctx.request
        if asked.endpoint is None:
            return None  # an unknown address: the error page answers
        view = app.view_functions[asked.endpoint]
        action: str | None = getattr(view, "policy", None)
        if action is None:
            raise RuntimeError(f"the route {asked.endpoint} declares no policy")
        if action == PUBLIC:
            if asked.method in ("GET", "HEAD"):
                asked.args = DeclaredParameters(getattr(view, "reads", ()), asked.args)
            return None
        if not current_user.is_authenticated:
            return _ask_to_sign_in(view)
        require(current_user, action)
        return None
