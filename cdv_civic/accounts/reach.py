"""Which roles somebody may give, and for what: conditions of SQL that say the same as `core.policy.may_grant`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true

from cdv_civic.accounts.invitations import Moment, in_force
from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.core import clock
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.model import Actor, Reach, Role, ScopeKind
from cdv_civic.core.policy.table import ACTIONS, ROLES
from cdv_civic.territory.models import Body, Commune, Contract, ContractCommune, Organisation, Quartier
from cdv_civic.territory.scopes import (
    bodies_contained,
    bodies_within,
    communes_contained,
    contracts_within,
    quartiers_contained,
    quartiers_within,
)

#: The roles that are granted, in the order of the table of rights.
GRANTABLE: Final[Sequence[Role]] = tuple(role for role, words in ROLES.items() if words.scopes)


@dataclass(frozen=True)
class ActionReach:
    """What somebody reaches by one of the actions of a role, and whether it is done on quartiers too."""

    reach: Reach
    on_quartiers: bool


def reaches_to_grant(actor: Actor, role: Role) -> tuple[ActionReach, ...] | None:
    """All of these must contain what `role` is given for; None: `actor` gives it nowhere."""
    if not ROLES[role].scopes:
        return None
    if role is Role.ADMINISTRATOR and not any(grant.role is role for grant in actor.grants):
        return None
    reaches = [ActionReach(reach_of(actor, "role.grant"), on_quartiers=False)]
    reaches += [
        ActionReach(reach_of(actor, name), action.on_quartiers)
        for name, action in ACTIONS.items()
        if role in action.roles
    ]
    return tuple(dict.fromkeys(reaches)) if all(each.reach.anywhere for each in reaches) else None


def roles_to_grant(actor: Actor) -> Mapping[Role, tuple[ActionReach, ...]]:
    """The roles that `actor` may give somewhere."""
    found = {role: reaches_to_grant(actor, role) for role in GRANTABLE}
    return {role: reaches for role, reaches in found.items() if reaches is not None}


def communes_within(reach: Reach) -> ColumnElement[bool]:
    """The condition that a `Commune` lies within reach: one of two contracts is within reach of neither's staff."""
    of_one = (
        select(ContractCommune.commune_id)
        .group_by(ContractCommune.commune_id)
        .having(func.count() == 1, func.min(ContractCommune.contract_id).in_(sorted(reach.contracts)))
    )
    here = Commune.id.in_(select(ContractCommune.commune_id))
    listed = or_(
        Commune.id.in_(sorted(reach.communes)), Commune.id.in_(of_one) if reach.contracts else false()
    )
    return and_(here, true() if reach.everywhere else listed)


def has_moderator(now: Moment | None = None) -> ColumnElement[bool]:
    """The condition that somebody moderates a `Body` at a moment, or now."""
    return (
        exists()
        .where(
            RoleGrant.body_id == Body.id,
            RoleGrant.role == Role.MODERATOR.value,
            in_force(clock.now() if now is None else now),
            Account.id == RoleGrant.account_id,
            Account.disabled_at.is_(None),
        )
        .correlate(Body)
    )


def bodies_worked_for(reach: Reach) -> ColumnElement[bool]:
    """The condition that the work of a `Body` is that of whoever has this reach.

    They hold a role for it; or it lies within reach and nobody moderates it, so that they are asked in their place.
    """
    own = Body.id.in_(sorted(reach.bodies))
    if not (reach.everywhere or reach.contracts or reach.communes or reach.quartiers):
        return own
    return or_(own, and_(bodies_within(reach), ~has_moderator()))


def organisations_within(reach: Reach) -> ColumnElement[bool]:
    """The condition that an `Organisation` lies within reach."""
    if reach.everywhere:
        return true()
    return or_(
        Organisation.contract_id.in_(sorted(reach.contracts)),
        Organisation.id.in_(sorted(reach.organisations)),
    )


def grants_within(reach: Reach) -> ColumnElement[bool]:
    """The condition that what a `RoleGrant` is for lies within reach."""
    if reach.everywhere:
        return true()
    return or_(
        RoleGrant.contract_id.in_(select(Contract.id).where(contracts_within(reach))),
        RoleGrant.commune_id.in_(select(Commune.id).where(communes_within(reach))),
        RoleGrant.quartier_id.in_(select(Quartier.id).where(quartiers_within(reach))),
        RoleGrant.body_id.in_(select(Body.id).where(bodies_within(reach))),
        RoleGrant.organisation_id.in_(select(Organisation.id).where(organisations_within(reach))),
        RoleGrant.language.in_(sorted(reach.languages)),
    )


def _grants_contained(one: ActionReach) -> ColumnElement[bool]:
    """The condition that all that a `RoleGrant` reaches lies within reach."""
    if one.reach.everywhere:
        return true()
    kinds = (
        (RoleGrant.contract_id, Contract, ScopeKind.CONTRACT),
        (RoleGrant.commune_id, Commune, ScopeKind.COMMUNE),
        (RoleGrant.quartier_id, Quartier, ScopeKind.QUARTIER),
        (RoleGrant.body_id, Body, ScopeKind.BODY),
        (RoleGrant.organisation_id, Organisation, ScopeKind.ORGANISATION),
    )
    return or_(
        *(column.in_(select(table.id).where(contained(kind, one))) for column, table, kind in kinds),
        RoleGrant.language.in_(sorted(one.reach.languages)),
    )


def grants_to_end(actor: Actor) -> ColumnElement[bool]:
    """The condition that `actor` may end a `RoleGrant`: one that they could give, or gave and that grew since."""
    allowed = roles_to_grant(actor)
    if not allowed:
        return false()
    same: dict[tuple[ActionReach, ...], list[str]] = {}
    for role, reaches in allowed.items():
        same.setdefault(reaches, []).append(role.value)
    given = (
        and_(
            RoleGrant.granted_by == actor.actor_id,
            RoleGrant.role.in_([role.value for role in allowed]),
            grants_within(reach_of(actor, "role.grant")),
        )
        if actor.actor_id is not None
        else false()
    )
    return or_(
        given,
        *(
            and_(RoleGrant.role.in_(roles), *(_grants_contained(each) for each in reaches))
            for reaches, roles in same.items()
        ),
    )


def contained(kind: ScopeKind, one: ActionReach) -> ColumnElement[bool]:
    """The condition that a role for a row of the table of `kind` lies within reach; `KeyError` where none is."""
    if kind is ScopeKind.BODY:
        return bodies_contained(one.reach, quartiers=one.on_quartiers)
    return {
        ScopeKind.CONTRACT: contracts_within,
        ScopeKind.COMMUNE: communes_contained,
        ScopeKind.QUARTIER: quartiers_contained,
        ScopeKind.ORGANISATION: organisations_within,
    }[kind](one.reach)
