"""Whether somebody may do something: the table applied to the roles they hold.

A read is guarded by the route's policy, before the view runs (`guard`); a change is guarded again inside its operation
with `require`, so that a command or a job passes through the same door.
"""

from collections.abc import Iterable
from typing import Final

from cdv_civic.core.errors import Forbidden
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor, Extent, Reach, Role, ScopeKind, Touched
from cdv_civic.core.policy.table import ACTIONS, FACTOR_ROLES, ROLES

FORBIDDEN: Final = _l("Votre compte ne permet pas de faire cela. Demandez ce droit à votre équipe.")


def reach_of(actor: Actor, action: str) -> Reach:
    """All that `actor` may do `action` on; `KeyError` for an unknown action."""
    roles = ACTIONS[action].roles
    scopes = [grant.scope for grant in actor.grants if grant.role in roles]

    def ids(kind: ScopeKind) -> frozenset[int]:
        return frozenset(int(scope.id) for scope in scopes if scope.kind is kind and scope.id is not None)

    return Reach(
        everywhere=any(scope.kind is ScopeKind.SITE for scope in scopes),
        contracts=ids(ScopeKind.CONTRACT),
        communes=ids(ScopeKind.COMMUNE),
        quartiers=ids(ScopeKind.QUARTIER),
        bodies=ids(ScopeKind.BODY),
        organisations=ids(ScopeKind.ORGANISATION),
        languages=frozenset(str(scope.id) for scope in scopes if scope.kind is ScopeKind.LANGUAGE),
    )


def may(actor: Actor | None, action: str, on: Touched | None = None) -> bool:
    """Whether `actor` (None: a visitor) may do `action`, on something or (None) on anything at all.

    `KeyError` if it is unknown.
    """
    if ACTIONS[action].anybody:
        return True
    if actor is None:
        return False
    reach = reach_of(actor, action)
    return reach.anywhere if on is None else reach.touches(on)


def require(actor: Actor | None, action: str, on: Touched | None = None) -> None:
    """Raise `Forbidden` unless `actor` may do `action`."""
    if not may(actor, action, on):
        raise Forbidden(FORBIDDEN)


def acting_role(actor: Actor, action: str) -> Role:
    """In which of their roles somebody who may do `action` does it: the one that allows the fewest actions."""
    roles = sorted({grant.role for grant in actor.grants} & ACTIONS[action].roles)
    return min(roles, key=lambda role: sum(role in each.roles for each in ACTIONS.values()))


def needs_factor(roles: Iterable[Role], *, moderators: bool) -> bool:
    """Whether an account with these roles must have a second factor."""
    needing = FACTOR_ROLES | {Role.MODERATOR} if moderators else FACTOR_ROLES
    return not needing.isdisjoint(roles)


def may_grant(actor: Actor, role: Role, extent: Extent) -> bool:
    """Whether `actor` may give `role` for a scope of this `extent`: nobody gives what they do not hold there.

    Each act that the role would allow, on each thing that the scope holds, is one that `actor` may do today.
    """
    if not ROLES[role].scopes or (
        role is Role.ADMINISTRATOR and not any(grant.role is role for grant in actor.grants)
    ):
        return False
    return reach_of(actor, "role.grant").contains(extent, quartiers=False) and all(
        reach_of(actor, name).contains(extent, quartiers=action.on_quartiers)
        for name, action in ACTIONS.items()
        if role in action.roles
    )
