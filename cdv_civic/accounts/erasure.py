"""Erase an account: who the person is goes, for good; what others rely on stays without a name.

One transaction. The row of the account stays with its id and `erased_at` alone, so that what refers to it still
stands; nothing leads from there to a person.
"""

from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.invitations import forget_waiting, tags_of_moderated
from cdv_civic.accounts.models import NO_PASSWORD, Account, RoleGrant
from cdv_civic.accounts.personal_parts import personal_parts
from cdv_civic.accounts.roles import refuse_last_administrator
from cdv_civic.accounts.session_ends import end_sessions
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit import trail
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor

GONE: Final = _l("Ce compte n’existe plus.")


def locked_account(session: Session, account_id: int | None) -> Account:
    """The account, its row locked until the caller's transaction ends, so that it is not erased meanwhile.

    Raises `NotFound` where it was closed or erased before.
    """
    account = session.execute(
        select(Account)
        .where(Account.id == account_id, Account.disabled_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if account is None:
        raise NotFound(GONE)
    return account


def erase_own_account(actor: Actor) -> None:
    """Erase the account of the actor. Erasing twice does nothing more.

    Raises `Conflict` for the last administrator of the site, `NotFound` for whoever has no account.
    """
    require(actor, "account.self")
    if actor.actor_id is None:
        raise NotFound(GONE)
    with transaction() as session:
        erase_account(session, actor, actor.actor_id, "account.self")


def erase_account(
    session: Session, actor: Actor, account_id: int, action: str, *, keep_last_administrator: bool = True
) -> bool:
    """Erase an account within the caller's transaction; whether there was anything to erase.

    `action` names the act in the audit trail. Raises `Conflict` for the last administrator, unless told not to.
    """
    if keep_last_administrator:
        refuse_last_administrator(session, account_id)
    account = session.execute(
        select(Account)
        .where(Account.id == account_id, Account.erased_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if account is None:
        return False
    # The account before its roles, as everybody locks them.
    now = clock.now()
    grants = (
        session.execute(
            select(RoleGrant)
            .where(
                RoleGrant.account_id == account_id, or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > now)
            )
            .order_by(RoleGrant.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        .scalars()
        .all()
    )
    with transaction():
        raise_tags(session, *tags_of_moderated(session, RoleGrant.account_id == account_id))
        ledger.note(session, "account.erased", account_id, born=account.created_at)
        for grant in grants:
            grant.ends_at = max(now, grant.starts_at)
            grant.ended_by = actor.actor_id
            forget_waiting(grant)
            trail.record(
                session,
                actor,
                "role.grant",
                "account",
                account_id,
                scope=grant.scope_key,
                before={"role": grant.role},
                after={"role": grant.role, "ended": True},
            )
        for part in personal_parts():
            part.erase(session, account_id)
        end_sessions(session, account_id)  # after the cards, as whoever closes a card does
        account.email = None
        account.phone = None
        account.name = ""
        account.organisation_name = ""
        account.password_hash = NO_PASSWORD
        account.minor = False
        account.created_at = now
        account.last_seen_on = None
        account.warned_at = None
        account.disabled_at = now
        account.erased_at = now
        trail.record(session, actor, action, "account", account_id, after={"erased": True})
    return True
