"""The way to another service that people sign in with, and back."""

import dataclasses
from typing import Final

from flask import (
    Blueprint,
    Flask,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts.rules import Way, own_path
from cdv_civic.core.concurrency import ConcurrencyLimit
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web import navigation
from cdv_civic.core.web.desk import keep_nothing
from cdv_civic.core.web.error_pages import say_when
from cdv_civic.sign_in.entering import come_in
from cdv_civic.sign_in.oidc import client, personal_data
from cdv_civic.sign_in.oidc.client import Audience, AuthorizationRequest, Identity
from cdv_civic.sign_in.oidc.operations import resident_account, staff_account
from cdv_civic.sign_in.oidc.queries import never_came

blueprint = Blueprint("oidc", __name__, url_prefix="/<lang>/connexion/oidc")
keep_nothing(blueprint)

_KEPT: Final = "oidc"
#: Where the button stands that leads to the service.
_PAGES: Final = {Audience.STAFF: "sign_in.with_password", Audience.RESIDENTS: "sign_in.ways_in"}
#: Several windows of a browser may be on their way at once.
MOST_REQUESTS: Final = 4
#: Each answer makes us ask the service: a slow one, or many false answers, must not hold all threads of a process.
_exchange: Final = ConcurrencyLimit(at_once=2, waiting=1, timeout=5)


def register(app: Flask) -> None:
    """The way there and back, and what is kept of it about a person."""
    personal_data.register(app)
    app.register_blueprint(blueprint)


def _audience(which: str) -> Audience:
    try:
        audience = Audience(which)
    except ValueError:
        abort(404)
    if client.provider_for(audience) is None:
        abort(404)
    return audience


@blueprint.get("/<which>")
@policy("public", reads=("retour", "poste"))
def start(which: str) -> AnyResponse:
    """On to the service. `?retour=` and `?poste=partage` are kept for the way back.

    Somebody who was led here by another site sees the page with the button first: coming in is theirs to decide.
    """
    audience = _audience(which)
    back = own_path(request.args.get("retour")) or ""
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        return redirect(url_for(_PAGES[audience], retour=back or None, poste=request.args.get("poste")))
    try:
        url, begun = client.begin(
            audience, current_language().tag, back, shared=request.args.get("poste") == "partage"
        )
    except DomainError as refused:
        return _problem(audience, refused)
    session[_KEPT] = [*session.get(_KEPT, []), dataclasses.astuple(begun)][-MOST_REQUESTS:]
    return redirect(url)


def _kept() -> list[AuthorizationRequest]:
    return [AuthorizationRequest(*each) for each in session.get(_KEPT, [])]


def _request_of(which: str) -> AuthorizationRequest:
    """What this browser kept for the answer at hand; raises `NotProven` where it is not the one that asked."""
    here = (each for each in _kept() if each.audience == which)
    return client.request_of(here, request.args.get("state", ""))


@blueprint.get("/<which>/retour")
@policy("public", reads=("code", "state", "iss", "error"))
def back(which: str) -> AnyResponse:
    """Back from the service: who is it?"""
    audience = _audience(which)
    try:
        begun = _request_of(which)
        if begun.language != current_language().tag:
            # The service knows one address only: on in the language in which the person reads.
            said = {name: request.args.get(name) for name in ("code", "state", "iss", "error")}
            return redirect(url_for("oidc.back", lang=begun.language, which=which, **said))  # type: ignore[arg-type]
        session[_KEPT] = [dataclasses.astuple(each) for each in _kept() if each != begun]
        with _exchange.slot():
            identity = client.finish(begun, request.args)
        account_id = staff_account(identity) if audience is Audience.STAFF else resident_account(identity)
    except DomainError as refused:
        return _problem(audience, refused)
    return _opened(audience, account_id, identity, begun)


def _opened(
    audience: Audience, account_id: int, identity: Identity, begun: AuthorizationRequest
) -> AnyResponse:
    asked = own_path(begun.back)
    target = asked or url_for("sign_in.entrance")
    if audience is Audience.RESIDENTS and never_came(account_id):
        target = navigation.url("welcome", retour=asked)
    return come_in(account_id, Way.OIDC, shared=begun.shared, back=target, proved_twice=identity.two_factors)


def _problem(audience: Audience, refused: DomainError) -> AnyResponse:
    page = render_template(
        "sign_in/oidc_problem.html",
        sentence=refused.sentence,
        again=url_for("oidc.start", which=audience.value),
        other=url_for(_PAGES[audience]),
    )
    say_when(refused)
    return make_response(page, refused.status)
