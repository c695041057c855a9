"""Which roles somebody may give, and for what: conditions of SQL that say the same as `core.policy.may_grant`."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from cdv_civic.core.policy import ACTIONS, ROLES, Actor, Reach, Role, ScopeKind, reach_of
from cdv_civic.people.models import RoleGrant
from cdv_civic.territory.models import Body, Commune, Contract, ContractCommune, Organisation, Quartier
from cdv_civic.territory.scopes import bodies_within, contracts_within, quartiers_within

#: The roles that are granted, in the order of the table of rights.
GRANTABLE: Final[Sequence[Role]] = tuple(role for role, words in ROLES.items() if words.scopes)


def reaches_to_grant(actor: Actor, role: Role) -> tuple[Reach, ...] | None:
    """All of these must cover what `role` is given for; None: `actor` gives it nowhere."""
    if not ROLES[role].scopes:
        return None
    if role is Role.ADMINISTRATOR and not any(grant.role is role for grant in actor.grants):
        return None
    names = ["role.grant", *(name for name, action in ACTIONS.items() if role in action.roles)]
    reaches = dict.fromkeys(reach_of(actor, name) for name in names)
    return tuple(reaches) if all(reach.anywhere for reach in reaches) else None


def roles_to_grant(actor: Actor) -> Mapping[Role, tuple[Reach, ...]]:
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
    held = or_(Commune.id.in_(sorted(reach.communes)), Commune.id.in_(of_one) if reach.contracts else false())
    return and_(here, true() if reach.everywhere else held)


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


def grants_to_end(actor: Actor) -> ColumnElement[bool]:
    """The condition that `actor` may end a `RoleGrant`."""
    allowed = roles_to_grant(actor)
    if not allowed:
        return false()
    same: dict[tuple[Reach, ...], list[str]] = {}
    for role, reaches in allowed.items():
        same.setdefault(reaches, []).append(role.value)
    return or_(
        *(
            and_(RoleGrant.role.in_(roles), *(grants_within(reach) for reach in reaches))
            for reaches, roles in same.items()
        )
    )


def within(kind: ScopeKind, reach: Reach) -> ColumnElement[bool]:
    """The condition that a row of the table of `kind` lies within reach; `KeyError` for one that has no table."""
    return {
        ScopeKind.CONTRACT: contracts_within,
        ScopeKind.COMMUNE: communes_within,
        ScopeKind.QUARTIER: quartiers_within,
        ScopeKind.BODY: bodies_within,
        ScopeKind.ORGANISATION: organisations_within,
    }[kind](reach)
