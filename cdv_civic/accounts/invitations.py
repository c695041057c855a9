"""Roles that wait for somebody who was invited: they begin to hold when the person comes, and end with the invitation.

While it waits, a role has an end in the database (`ends_at`) like any other, so that nothing that asks for roles finds
it once the invitation is over: no link, no other service and no code that comes later opens it. `planned_end` is the
end it gets when the person comes.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import BindParameter, ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import NO_PASSWORD, Account, RoleGrant
from cdv_civic.core import clock
from cdv_civic.core.db import TagName, raise_tags
from cdv_civic.core.policy.model import Role
from cdv_civic.core.policy.table import PASSWORD_ROLES
from cdv_civic.territory.cache_tags import tags_of_bodies
from cdv_civic.territory.models import Body

#: A role that is opened by a password waits as long as the link that chooses one.
LASTS: Final = timedelta(days=7)
#: Any other: the person comes by a link or a code that they ask for themselves.
WELCOME_LASTS: Final = timedelta(days=30)

_BY_PASSWORD: Final = sorted(role.value for role in PASSWORD_ROLES)


#: A moment, or the parameter of a statement that is built once.
Moment = datetime | BindParameter[datetime]


def not_over(now: Moment) -> ColumnElement[bool]:
    """The condition that a `RoleGrant` holds, will begin, or waits for an invitation that is still good."""
    return and_(
        or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > now),
        or_(RoleGrant.waits_until.is_(None), RoleGrant.waits_until > now),
    )


def in_force(now: Moment) -> ColumnElement[bool]:
    """The condition that a `RoleGrant` holds: it has begun, is not over, and does not wait for its holder."""
    return and_(
        RoleGrant.starts_at <= now,
        or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > now),
        RoleGrant.waits_until.is_(None),
    )


def waits(now: datetime) -> ColumnElement[bool]:
    """The condition that a `RoleGrant` waits for its holder."""
    return RoleGrant.waits_until > now


def lapsed(now: datetime) -> ColumnElement[bool]:
    """The condition that a `RoleGrant` waited in vain."""
    return RoleGrant.waits_until <= now


def never_opened(account: Account) -> bool:
    """Whether nobody has come into an account yet, by whatever way."""
    return account.password_hash == NO_PASSWORD and account.last_seen_on is None


def must_wait(session: Session, account: Account, role: Role) -> bool:
    """Whether a role given now waits for the holder of the account to prove who they are. At most 1 statement.

    Who comes in with another service has no password here; a role of a team that they hold already says so.
    """
    if account.password_hash != NO_PASSWORD:
        return False
    if account.last_seen_on is None:
        return True
    if role not in PASSWORD_ROLES:
        return False
    in_a_team = exists().where(
        RoleGrant.account_id == account.id,
        RoleGrant.role.in_(_BY_PASSWORD),
        in_force(clock.now()),
    )
    return not session.execute(select(in_a_team)).scalar_one()


def let_wait(grant: RoleGrant, planned_end: datetime | None) -> None:
    """Let a role wait from now on, for the time of its kind."""
    until = clock.now() + (LASTS if grant.role in _BY_PASSWORD else WELCOME_LASTS)
    grant.planned_end = planned_end
    grant.waits_until = until
    grant.ends_at = max(grant.starts_at, min(until, planned_end or until))


def accept(session: Session, account_id: int, *, by_password: bool) -> int:
    """The person has come: the roles that wait hold now, within the caller's transaction; how many. 1 statement,
    and 1 more for a moderator.

    Without `by_password` (or the word of a service that stands for one) those that ask for a password wait on. A
    body that has got a moderator listens from now on: its pages are made anew.
    """
    waiting = [RoleGrant.account_id == account_id, waits(clock.now())]
    if not by_password:
        waiting.append(RoleGrant.role.not_in(_BY_PASSWORD))
    taken = session.execute(
        update(RoleGrant)
        .where(*waiting)
        .values(ends_at=RoleGrant.planned_end, waits_until=None, planned_end=None)
        .returning(RoleGrant.id, RoleGrant.role)
        .execution_options(synchronize_session=False)
    ).all()
    listening = [row.id for row in taken if row.role == Role.MODERATOR.value]
    if listening:
        raise_tags(session, *tags_of_moderated(session, RoleGrant.id.in_(listening)))
    return len(taken)


def tags_of_moderated(session: Session, which: ColumnElement[bool]) -> tuple[TagName, ...]:
    """The cache tags of the bodies that some roles (a condition on `RoleGrant`) moderate: a body's public pages offer
    to say something where it has moderators. 1 statement.
    """
    moderated = select(RoleGrant.body_id).where(RoleGrant.role == Role.MODERATOR.value, which)
    return tags_of_bodies(session, Body.id.in_(moderated))


def is_awaited(session: Session, account_id: int) -> bool:
    """Whether some role of an account waits for its holder, and the invitation is still good. 1 statement."""
    asking = exists().where(RoleGrant.account_id == account_id, waits(clock.now()))
    return bool(session.execute(select(asking)).scalar_one())


def needs_password(session: Session, account_id: int) -> bool:
    """Whether a role of an account, one that waits too, is opened by a password only. 1 statement."""
    asking = exists().where(
        RoleGrant.account_id == account_id, RoleGrant.role.in_(_BY_PASSWORD), not_over(clock.now())
    )
    return bool(session.execute(select(asking)).scalar_one())


def asks_for_password(now: datetime) -> ColumnElement[bool]:
    """The condition that a role of an `Account` keeps out who comes without a password.

    One that waits does not, where somebody has come into the account before: the role is not theirs yet, and whoever
    invites a resident to a team must not close their own space to them.
    """
    return exists().where(
        RoleGrant.account_id == Account.id,
        RoleGrant.role.in_(_BY_PASSWORD),
        not_over(now),
        or_(RoleGrant.waits_until.is_(None), Account.last_seen_on.is_(None)),
    )


def keeps_out_without_password(session: Session, account_id: int) -> bool:
    """`asks_for_password` of one account. 1 statement."""
    asking = select(Account.id).where(Account.id == account_id, asks_for_password(clock.now()))
    return session.execute(asking).first() is not None


def forget_waiting(grant: RoleGrant) -> None:
    """The role waits no more: it was ended, or it is given anew."""
    grant.waits_until = grant.planned_end = None
