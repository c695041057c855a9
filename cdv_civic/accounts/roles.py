"""Give a role for a scope, and end it. Nobody gives what they do not hold themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.invitations import (
    forget_waiting,
    in_force,
    is_awaited,
    lapsed,
    let_wait,
    must_wait,
    tags_of_moderated,
    waits,
)
from cdv_civic.accounts.links import end_links
from cdv_civic.accounts.locking import lock_accounts
from cdv_civic.accounts.models import NO_PASSWORD, Account, RoleGrant, SecondFactor
from cdv_civic.accounts.reach import roles_to_grant
from cdv_civic.accounts.session_ends import end_sessions
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit import trail
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import may, may_grant
from cdv_civic.core.policy.model import Actor, Grant, Role, Scope, ScopeKind
from cdv_civic.core.policy.table import FACTOR_ROLES, ROLES
from cdv_civic.territory.scopes import extent_of, touched_scope


class BadRole(DomainError):
    """A role that cannot be given like this: for such a scope, or for such a time."""


_NOT_YOURS: Final = _l("Vous ne pouvez donner que les rôles que vous avez vous-même, là où vous les avez.")


def require_grant(session: Session, actor: Actor, role: Role, scope: Scope) -> None:
    """Raise `Forbidden` unless `actor` may give `role` for `scope`, `BadRole`, `NotFound`.

    Judged on the day it is given: a scope that grows later (a body that gets another quartier, by an import) takes
    the roles for it along.
    """
    if scope.kind not in ROLES[role].scopes:
        raise BadRole(_l("Ce rôle ne se donne pas pour cela. Choisissez autre chose."), field="scope")
    if not may_grant(actor, role, extent_of(session, scope)):
        raise Forbidden(_NOT_YOURS)


def _require_end(session: Session, actor: Actor, grant: RoleGrant) -> None:
    """Raise `Forbidden` unless `actor` could give the role of `grant`, or gave it and it has grown since."""
    role = Role(grant.role)
    gave_it = grant.granted_by is not None and grant.granted_by == actor.actor_id
    if (
        gave_it
        and role in roles_to_grant(actor)
        and may(actor, "role.grant", touched_scope(session, grant.scope))
    ):
        return
    require_grant(session, actor, role, grant.scope)


@dataclass(frozen=True)
class _Lasting:
    """Somebody with those of their roles alone that last long enough."""

    actor_id: int | None
    name: str
    organisation_name: str
    grants: frozenset[Grant]


def _require_lasting(
    session: Session, actor: Actor, role: Role, scope: Scope, ends_at: datetime | None
) -> None:
    """Raise `BadRole` where somebody would hold a role longer by giving it to themself."""
    now = clock.now()
    rows = session.execute(select(RoleGrant).where(RoleGrant.account_id == actor.actor_id)).scalars()
    present = [row for row in rows if row.starts_at <= now and (row.ends_at is None or row.ends_at > now)]
    lasting = {
        Grant(Role(row.role), row.scope)
        for row in present
        if row.ends_at is None or (ends_at is not None and row.ends_at >= ends_at)
    }
    ending = {Grant(Role(row.role), row.scope) for row in present} - lasting
    then = _Lasting(actor.actor_id, actor.name, actor.organisation_name, actor.grants - ending)
    if ending and not may_grant(then, role, extent_of(session, scope)):
        raise BadRole(
            _l("Personne ne prolonge son propre rôle. Demandez-le à une autre personne de l’équipe."),
            field="ends_on",
        )


def grant_role(
    actor: Actor,
    account_id: int,
    role: Role,
    scope: Scope,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> RoleGrant:
    """Give a role, from now or `starts_at` on, until `ends_at` or without an end. UTC.

    One that asks for a second factor ends the sessions of whoever has none. Given to somebody who was only invited, it
    waits for them, and ends with the invitation.

    Whoever gives it to themself gets it no longer than they may give it.

    Raises `BadRole`, `Conflict` where the account holds it, `Forbidden`, `NotFound`.
    """
    start = starts_at or clock.now()
    if ends_at is not None and ends_at <= start:
        raise BadRole(_l("La fin vient après le début. Changez une des deux dates."), field="ends_on")
    taken = Conflict(_l("Cette personne a déjà ce rôle."), field="role")
    try:
        with transaction() as session:
            require_grant(session, actor, role, scope)
            if account_id == actor.actor_id:
                _require_lasting(session, actor, role, scope, ends_at)
            account = session.execute(
                select(Account).where(Account.id == account_id).with_for_update(key_share=True)
            ).scalar()
            if account is None or account.disabled_at is not None:
                raise NotFound(_l("Ce compte n’existe plus."))
            if holds_role(session, account_id, role, scope, start, ends_at):
                raise taken
            grant = RoleGrant.of(
                account_id,
                role,
                scope,
                starts_at=start,
                ends_at=ends_at,
                granted_at=clock.now(),
                granted_by=actor.actor_id,
                ended_by=None,
            )
            _forget_lapsed(session, grant)
            if must_wait(session, account, role):
                let_wait(grant, ends_at)
            session.add(grant)
            session.flush()
            _say_who_listens(session, grant)
            if role in FACTOR_ROLES and session.get(SecondFactor, account_id) is None:
                # The role asks for a code besides the password: the next sign-in sets it up.
                end_sessions(session, account_id)
            trail.record(
                session,
                actor,
                "role.grant",
                "account",
                account_id,
                scope=grant.scope_key,
                after={
                    "role": role.value,
                    "from": start.isoformat(),
                    "until": ends_at.isoformat() if ends_at else None,
                },
            )
    except IntegrityError:
        raise taken from None
    return grant


def _forget_lapsed(session: Session, grant: RoleGrant) -> None:
    """An older invitation to the same role is history: this one takes its place."""
    session.execute(
        update(RoleGrant)
        .where(
            RoleGrant.account_id == grant.account_id,
            RoleGrant.role == grant.role,
            RoleGrant.scope_key == grant.scope_key,
            lapsed(clock.now()),
        )
        .values(waits_until=None, planned_end=None)
        .execution_options(synchronize_session=False)
    )


def _say_who_listens(session: Session, grant: RoleGrant) -> None:
    """A body's public page offers to say something where it has moderators: it is made anew."""
    if grant.role == Role.MODERATOR.value:
        raise_tags(session, *tags_of_moderated(session, RoleGrant.id == grant.id))


def holds_role(
    session: Session,
    account_id: int,
    role: Role,
    scope: Scope,
    start: datetime,
    ends_at: datetime | None = None,
) -> bool:
    """Whether the account holds the role at some moment from `start` on (until `ends_at`). 1 statement.

    One that waits counts as long as it is planned for.
    """
    key = RoleGrant.of(account_id, role, scope).scope_key
    overlap = select(RoleGrant.id).where(
        RoleGrant.account_id == account_id,
        RoleGrant.role == role.value,
        RoleGrant.scope_key == key,
        or_(
            RoleGrant.ends_at.is_(None),
            RoleGrant.ends_at > start,
            and_(waits(clock.now()), or_(RoleGrant.planned_end.is_(None), RoleGrant.planned_end > start)),
        ),
        or_(RoleGrant.waits_until.is_(None), waits(clock.now())),
    )
    if ends_at is not None:
        overlap = overlap.where(RoleGrant.starts_at < ends_at)
    return session.execute(overlap.limit(1)).first() is not None


def waiting_grant(session: Session, account_id: int, role: Role, scope: Scope) -> RoleGrant | None:
    """The grant of a role that waits for its holder. 1 statement."""
    key = RoleGrant.of(account_id, role, scope).scope_key
    return session.execute(
        select(RoleGrant)
        .where(
            RoleGrant.account_id == account_id,
            RoleGrant.role == role.value,
            RoleGrant.scope_key == key,
            waits(clock.now()),
        )
        .order_by(RoleGrant.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).scalar()


def renew_waiting(session: Session, actor: Actor, account_id: int) -> int:
    """Let the roles of an account wait anew, within the caller's transaction; how many do.

    Those that waited in vain, too: each is written into the audit trail as given by `actor`. Raises `Forbidden`.
    """
    now = clock.now()
    grants = (
        session.execute(
            select(RoleGrant)
            .where(
                RoleGrant.account_id == account_id,
                RoleGrant.waits_until.is_not(None),
                or_(RoleGrant.planned_end.is_(None), RoleGrant.planned_end > now),
            )
            .order_by(RoleGrant.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        .scalars()
        .all()
    )
    for grant in grants:
        require_grant(session, actor, Role(grant.role), grant.scope)
        over = grant.waits_until is not None and grant.waits_until <= now
        let_wait(grant, grant.planned_end)
        if over:
            grant.granted_at, grant.granted_by = now, actor.actor_id
            trail.record(
                session,
                actor,
                "role.grant",
                "account",
                account_id,
                scope=grant.scope_key,
                after={"role": grant.role, "renewed": True},
            )
    session.flush()
    return len(grants)


def end_role(actor: Actor, grant_id: int) -> RoleGrant:
    """End a role now; ending twice changes nothing. Raises `NotFound`, `Forbidden`, `Conflict` for the last one."""
    with transaction() as session:
        wanted = select(RoleGrant).where(RoleGrant.id == grant_id).execution_options(populate_existing=True)
        grant = session.execute(wanted).scalar()
        if grant is None:
            raise NotFound(_l("Ce rôle n’existe plus."))
        role = Role(grant.role)
        _require_end(session, actor, grant)
        now = clock.now()
        if not _is_over(grant, now):
            # The account before its role, as everybody locks them; then what it has become meanwhile.
            if role is Role.ADMINISTRATOR and grant.scope.kind is ScopeKind.SITE:
                refuse_last_administrator(session, grant.account_id)
            else:
                lock_accounts(session, Account.id == grant.account_id)
            grant = session.execute(wanted.with_for_update(key_share=True)).scalar_one()
        if _is_over(grant, now):
            return grant
        # One that was still to begin ends as it begins: it never held.
        grant.ends_at = max(now, grant.starts_at)
        grant.ended_by = actor.actor_id
        ledger.note(session, "role.ended", grant.id, born=grant.granted_at)
        waited = grant.waits_until is not None
        forget_waiting(grant)
        session.flush()
        if waited and not is_awaited(session, grant.account_id):
            end_links(session, grant.account_id)  # the invitation is withdrawn
        _say_who_listens(session, grant)
        trail.record(
            session,
            actor,
            "role.grant",
            "account",
            grant.account_id,
            scope=grant.scope_key,
            before={"role": role.value},
            after={"role": role.value, "ended": True},
        )
    return grant


def _is_over(grant: RoleGrant, now: datetime) -> bool:
    return grant.ends_at is not None and grant.ends_at <= now


def refuse_last_administrator(session: Session, leaving: int) -> None:
    """Lock account `leaving`; raise `Conflict` where nobody else could look after the site any more.

    All administrators are locked with it, so that two of them cannot close each other's account at once.
    """
    who = (
        select(Account.id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            RoleGrant.role == Role.ADMINISTRATOR.value,
            RoleGrant.scope_kind == ScopeKind.SITE.value,
            in_force(clock.now()),
            Account.disabled_at.is_(None),
            Account.password_hash != NO_PASSWORD,
        )
    )
    lock_accounts(session, or_(Account.id == leaving, Account.id.in_(who.correlate(None))))
    # Asked again once they are locked: whoever waited would see the roles of before.
    administrators = set(session.execute(who).scalars())
    if administrators == {leaving}:
        raise Conflict(
            _l("C’est le dernier compte qui gère le site. Invitez d’abord une autre personne pour le faire."),
            field="email",
        )
