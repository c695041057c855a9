"""Who may do what: denied by default, and readable in one place.

Every route declares its policy with `@policy("...")`: `public`, or an action of `ACTIONS`. A read is
guarded by the route's policy, before the view runs; a change is guarded again inside its operation with
`require`, so that a command or a job passes through the same door.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol, TypeVar

from flask import Flask, Response, current_app, redirect, request, url_for
from flask_login import current_user

from cdv_civic.core.errors import Forbidden
from cdv_civic.core.i18n import lazy_gettext as _l

PUBLIC: Final = "public"


class Role(StrEnum):
    """What a person is trusted with. A role is always granted for a scope."""

    STAFF = "staff"
    ADMINISTRATOR = "administrator"


STAFF = frozenset({Role.STAFF, Role.ADMINISTRATOR})

#: Each action, and the roles of which one must be held for the contract it touches.
ACTIONS: Final[dict[str, frozenset[Role]]] = {
    "desk.read": STAFF,  # see the work list and the tables of the desk
    "commitment.publish": STAFF,  # let an imported commitment stand as announced
    "commitment.edit": STAFF,  # change its public fields and holders, with a reason
    "commitment.translate": STAFF,  # put a translation beside an original
    "progress.publish": STAFF,  # say how far a commitment is, with evidence
    "progress.withdraw": STAFF,  # mark a mistake as withdrawn; it stays in the story
    "indicator.enter": STAFF,  # enter or withdraw a value of an indicator
    "body.edit": STAFF,  # say how a body is, how to reach and to join it
    "meeting.edit": STAFF,  # announce, change and cancel its meetings and permanences
    "axis.edit": STAFF,  # set the theme of an axis
    "glossary.translate": STAFF,  # say what a word of the glossary means, in each language
    "contract.import": frozenset({Role.ADMINISTRATOR}),  # bring in a contract pack, or a newer one
    "account.self": STAFF,  # change one's own password
    "account.manage": frozenset({Role.ADMINISTRATOR}),  # invite people, make and close accounts
    "notice.manage": frozenset({Role.ADMINISTRATOR}),  # see the mails that could not be sent, try them again
}


@dataclass(frozen=True)
class Grant:
    """A role for a scope: one contract, or the whole site where `contract_id` is None."""

    role: Role
    contract_id: int | None = None


class Actor(Protocol):
    """Somebody who acts: an account, or the command line of the people who run the site."""

    @property
    def actor_id(self) -> int | None:
        """Id of the account, None for the command line."""

    @property
    def name(self) -> str:
        """How the audit trail names them."""

    @property
    def organisation_name(self) -> str:
        """For whom they act, as residents read it."""

    @property
    def grants(self) -> frozenset[Grant]:
        """The roles they hold today."""


@dataclass(frozen=True)
class CommandLine:
    """Whoever has a shell on the server may do everything; the audit trail says so."""

    name: str = "command line"
    organisation_name: str = ""
    actor_id: None = None
    grants: frozenset[Grant] = frozenset({Grant(Role.ADMINISTRATOR)})


def may(actor: Actor, action: str, contract_id: int | None = None) -> bool:
    """Whether `actor` may do `action`, on one contract or (None) on at least one; `KeyError` if unknown."""
    roles = ACTIONS[action]
    return any(
        grant.role in roles and (contract_id is None or grant.contract_id in (None, contract_id))
        for grant in actor.grants
    )


def require(actor: Actor, action: str, contract_id: int | None = None) -> None:
    """Raise `Forbidden` unless `actor` may do `action`."""
    if not may(actor, action, contract_id):
        raise Forbidden(_l("Votre compte ne permet pas de faire cela. Demandez ce droit à votre équipe."))


View = TypeVar("View", bound=Callable[..., Any])


def policy(action: str) -> Callable[[View], View]:
    """Declare what a route asks for: `public`, or an action."""
    if action != PUBLIC and action not in ACTIONS:
        raise ValueError(f"unknown action {action}")

    def declare(view: View) -> View:
        view.__dict__["policy"] = action
        return view

    return declare


def policy_of(app: Flask, endpoint: str) -> str | None:
    """The policy that an endpoint declares, or None."""
    declared: str | None = getattr(app.view_functions.get(endpoint), "policy", None)
    return declared


def register(app: Flask) -> None:
    """Check the declared policy before each view; a route that declares none is an error."""

    @app.before_request
    def check_policy() -> Response | None:
        if request.endpoint is None:
            return None  # an unknown address: the error page answers
        action = policy_of(current_app, request.endpoint)
        if action is None:
            raise RuntimeError(f"the route {request.endpoint} declares no policy")
        if action == PUBLIC:
            return None
        if not current_user.is_authenticated:
            back = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("people.sign_in", retour=back))  # type: ignore[return-value]
        require(current_user, action)
        return None
