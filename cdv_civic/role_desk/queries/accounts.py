"""Accounts and their roles, as the desk shows them to whoever may give some of these."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select, true
from sqlalchemy.orm import aliased, selectinload

from cdv_civic.accounts.invitations import lapsed, never_opened, not_over, waits
from cdv_civic.accounts.models import Account, AccountIdentity, RoleGrant, SecondFactor
from cdv_civic.accounts.reach import grants_to_end, grants_within
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.paging import Cursor, Page, page_of, window
from cdv_civic.core.policy.decisions import may, reach_of
from cdv_civic.core.policy.model import Actor, Reach, Role, Scope, Touched
from cdv_civic.territory.models import Contract
from cdv_civic.territory.scopes import scope_names

PER_PAGE: Final = 50
#: Newest first, in a key that grows.
_BEYOND: Final = 2_147_483_647


class Standing(StrEnum):
    """What an account is good for today."""

    OPEN = "open"
    INVITED = "invited"
    LAPSED = "lapsed"  #: invited, and the invitation is over
    CLOSED = "closed"


@dataclass(frozen=True)
class GrantedRole:
    """A role of somebody; `wording.words_of` says it."""

    id: int
    role: Role
    scope: Scope
    #: What the scope is called; empty for the whole site and for languages.
    scope_name: str
    starts_at: datetime
    #: For a role that waits for its holder: the end that is planned.
    ends_at: datetime | None
    #: Who gave it; empty: somebody who left since. None: the installation of the site.
    giver: str | None
    over: bool
    later: bool
    may_end: bool


@dataclass(frozen=True)
class AccountRow:
    """One account, with the roles that the reader may know of."""

    id: int
    email: str
    name: str
    organisation_name: str
    standing: Standing
    roles: tuple[GrantedRole, ...]


@dataclass(frozen=True)
class AccountDetail(AccountRow):
    """One account, with what was: `past` holds the roles that ended, the last one first."""

    created_at: datetime
    past: tuple[GrantedRole, ...]
    identities: int
    has_factor: bool


def manages(actor: Actor) -> bool:
    """Whether somebody looks after the accounts of the whole site."""
    return may(actor, "account.manage", Touched())


def _standing(account: Account, awaited: Collection[int]) -> Standing:
    if account.disabled_at is not None:
        return Standing.CLOSED
    if not never_opened(account):
        return Standing.OPEN
    return Standing.INVITED if account.id in awaited else Standing.LAPSED


def _awaited(accounts: Iterable[Account]) -> set[int]:
    """The accounts among these that a role waits for. 1 statement at most."""
    ids = [account.id for account in accounts if never_opened(account)]
    if not ids:
        return set()
    waiting = select(RoleGrant.account_id).where(RoleGrant.account_id.in_(ids), waits(clock.now()))
    return set(db.session.execute(waiting).scalars())


def _reach(actor: Actor) -> Reach:
    return Reach(everywhere=True) if manages(actor) else reach_of(actor, "role.grant")


def _visible(actor: Actor) -> ColumnElement[bool]:
    """Accounts with a role within reach, or with an invitation to one that is over; of the whole site also those of an
    organisation. Never other residents.
    """
    now = clock.now()
    has_role = exists().where(
        RoleGrant.account_id == Account.id,
        or_(not_over(now), and_(lapsed(now), Account.last_seen_on.is_(None))),
        grants_within(_reach(actor)),
    )
    known = or_(Account.organisation_name != "", has_role) if manages(actor) else has_role
    return and_(Account.erased_at.is_(None), known)


def _matching(typed: str) -> ColumnElement[bool]:
    if not typed:
        return true()
    lower = typed.casefold()
    return or_(
        Account.email.contains(lower, autoescape=True),
        *(
            either
            for column in (Account.name, Account.organisation_name)
            for either in (
                func.lower(column).contains(lower, autoescape=True),
                column.contains(typed, autoescape=True),
            )
        ),
    )


def _key() -> Any:
    return literal(_BEYOND) - Account.id


def accounts(actor: Actor, typed: str = "", place: Cursor | None = None) -> Page[AccountRow]:
    """A page of the accounts that `actor` may know of, newest first. 8 statements at most."""
    statement = select(Account).where(_visible(actor), _matching(typed))
    found = db.session.execute(window(statement, [_key()], place, PER_PAGE)).scalars().all()
    page = page_of(found, place, PER_PAGE, lambda account: (_BEYOND - account.id,))
    roles = _roles_of(actor, [account.id for account in page.rows], past=False)
    awaited = _awaited(page.rows)
    rows = tuple(
        AccountRow(
            account.id,
            account.email or "",
            account.name,
            account.organisation_name,
            _standing(account, awaited),
            tuple(roles.get(account.id, ())),
        )
        for account in page.rows
    )
    return Page(rows, page.previous_key, page.next_key)


def account(actor: Actor, account_id: int) -> AccountDetail | None:
    """An account that `actor` may know of; None for any other. 10 statements at most."""
    found = db.session.execute(select(Account).where(Account.id == account_id, _visible(actor))).scalar()
    if found is None:
        return None
    roles = _roles_of(actor, [account_id], past=True).get(account_id, [])
    identities = db.session.execute(
        select(func.count()).select_from(AccountIdentity).where(AccountIdentity.account_id == account_id)
    ).scalar()
    return AccountDetail(
        found.id,
        found.email or "",
        found.name,
        found.organisation_name,
        _standing(found, _awaited([found])),
        tuple(role for role in roles if not role.over),
        found.created_at,
        tuple(reversed([role for role in roles if role.over])),
        identities or 0,
        db.session.get(SecondFactor, account_id, populate_existing=True) is not None,
    )


def _roles_of(actor: Actor, ids: Sequence[int], *, past: bool) -> Mapping[int, list[GrantedRole]]:
    """The roles within reach of `actor` of some accounts. 6 statements at most."""
    now = clock.now()
    giver = aliased(Account)
    shown = [RoleGrant.account_id.in_(ids), grants_within(_reach(actor))]
    rows = db.session.execute(
        select(RoleGrant, giver.organisation_name, giver.name, grants_to_end(actor).label("may_end"))
        .join(giver, giver.id == RoleGrant.granted_by, isouter=True)
        .where(*shown, *([] if past else [not_over(now)]))
        .order_by(RoleGrant.starts_at, RoleGrant.id)
    ).all()
    names = scope_names(db.session(), [row[0].scope for row in rows])
    found: dict[int, list[GrantedRole]] = {}
    for grant, organisation, name, may_end in rows:
        waiting = grant.waits_until is not None and grant.waits_until > now
        over = (grant.ends_at is not None and grant.ends_at <= now) or (
            grant.waits_until is not None and not waiting
        )
        found.setdefault(grant.account_id, []).append(
            GrantedRole(
                grant.id,
                Role(grant.role),
                grant.scope,
                names.get(grant.scope, ""),
                grant.starts_at,
                grant.planned_end if waiting else grant.ends_at,
                None if grant.granted_by is None else organisation or name or "",
                over,
                not over and grant.starts_at > now,
                bool(may_end) and not over,
            )
        )
    return found


# --- For the command line ---


def staff_accounts() -> Sequence[Account]:
    """All accounts of an organisation or with a role, with their roles, by e-mail address. 2 statements."""
    return (
        db.session.execute(
            select(Account)
            .options(selectinload(Account.role_grants))
            .where(
                or_(Account.organisation_name != "", Account.role_grants.any()), Account.erased_at.is_(None)
            )
            .order_by(Account.email)
        )
        .scalars()
        .all()
    )


def grants_that_last(account_id: int, role: Role, scope: Scope) -> Sequence[int]:
    """The ids of an account's grants of a role that have not ended. 1 statement."""
    key = RoleGrant.of(account_id, role, scope).scope_key
    return (
        db.session.execute(
            select(RoleGrant.id).where(
                RoleGrant.account_id == account_id,
                RoleGrant.role == role.value,
                RoleGrant.scope_key == key,
                or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > clock.now()),
            )
        )
        .scalars()
        .all()
    )


def territory_of(contract: str) -> str | None:
    """The territory of a contract, by its slug. 1 statement."""
    return db.session.execute(select(Contract.territory).where(Contract.slug == contract)).scalar()
