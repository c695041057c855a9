"""Accounts that nobody uses: the conditions that retention goes by, and those that a person must look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor, Role, Touched
from cdv_civic.core.policy.table import ROLES
from cdv_civic.core.settings import current_settings
from cdv_civic.territory.scopes import scope_names


def days_ago(days: int) -> date:
    """The day, in the territory's zone, that was `days` before today."""
    return clock.today() - timedelta(days=days)


def last_used_before(day: date) -> ColumnElement[bool]:
    """Nobody has been signed in since `day`; never, and opened before it."""
    return or_(
        Account.last_seen_on < day,
        and_(Account.last_seen_on.is_(None), Account.created_at < datetime.combine(day, time(), UTC)),
    )


def holds_a_role() -> ColumnElement[bool]:
    """A role that holds, or is still to begin."""
    return exists().where(
        RoleGrant.account_id == Account.id,
        or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > clock.now()),
    )


@dataclass(frozen=True)
class UnusedAccount:
    """An account that nobody uses and that holds roles: somebody must look."""

    id: int
    name: str
    email: str
    organisation_name: str
    #: None: never.
    last_seen_on: date | None
    created_at: datetime
    #: Each role in words, and what it is held for (empty: the whole site).
    roles: tuple[tuple[Any, str], ...]


def unused_with_roles(actor: Actor) -> Sequence[UnusedAccount]:
    """Accounts that the clock leaves alone, the longest unused first. At most 7 statements."""
    require(actor, "account.manage", Touched())
    session = db.session()
    accounts = (
        session.execute(
            select(Account)
            .where(
                Account.disabled_at.is_(None),
                last_used_before(days_ago(current_settings().account_unused_days)),
                holds_a_role(),
            )
            .order_by(Account.last_seen_on.is_not(None), Account.last_seen_on, Account.id)
        )
        .scalars()
        .all()
    )
    grants = (
        session.execute(
            select(RoleGrant)
            .where(
                RoleGrant.account_id.in_([account.id for account in accounts]),
                or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > clock.now()),
            )
            .order_by(RoleGrant.id)
        )
        .scalars()
        .all()
    )
    names = scope_names(session, [grant.scope for grant in grants])
    roles: dict[int, list[tuple[Any, str]]] = {}
    for grant in grants:
        role = ROLES[Role(grant.role)].label, names.get(grant.scope, "")
        roles.setdefault(grant.account_id, []).append(role)
    return [
        UnusedAccount(
            account.id,
            account.name,
            account.email or "",
            account.organisation_name,
            account.last_seen_on,
            account.created_at,
            tuple(roles.get(account.id, ())),
        )
        for account in accounts
    ]
