"""Links that let somebody choose a password, once: for an invitation, or for a password that was lost.

They are made and taken here; higher layers (`sign_in`, `role_desk`) send them.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts import invitations
from cdv_civic.accounts.models import NO_PASSWORD, Account, AccountLink
from cdv_civic.accounts.passwords import check_new_password, hash_password
from cdv_civic.accounts.session_ends import end_sessions
from cdv_civic.accounts.sessions import SignedIn, hashed
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit import trail
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l


class Purpose(StrEnum):
    """What a link is for."""

    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105  (a purpose, not a password)


LASTS: Final = {Purpose.INVITATION: invitations.LASTS, Purpose.PASSWORD: timedelta(minutes=30)}


class DeadLink(DomainError):
    """A link that is unknown, used, too old, or of a closed account: the answer does not tell which."""

    status = 410

    def __init__(self) -> None:
        super().__init__(
            _l("Ce lien ne sert plus : il a déjà servi, ou il est trop ancien. Rien n’a été changé.")
        )


@dataclass(frozen=True)
class IssuedLink:
    """A link on its way to its reader: the only place where its secret is."""

    token: str
    expires_at: datetime


@dataclass(frozen=True)
class Holder:
    """Whose link it is."""

    account_id: int
    email: str
    purpose: Purpose


def issue(session: Session, account_id: int | None, purpose: Purpose) -> IssuedLink:
    """A new link, within the caller's transaction; for nobody (None) one that opens nothing."""
    link = IssuedLink(secrets.token_urlsafe(32), clock.now() + LASTS[purpose])
    session.add(
        AccountLink(
            account_id=account_id,
            purpose=purpose.value,
            token_hash=hashed(link.token),
            created_at=clock.now(),
            expires_at=link.expires_at,
            used_at=None,
        )
    )
    session.flush()
    return link


def end_links(session: Session, account_id: int) -> None:
    """End all links of an account, within the caller's transaction: its password changed, or a new link is sent."""
    session.execute(
        update(AccountLink)
        .where(AccountLink.account_id == account_id, AccountLink.used_at.is_(None))
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _alive(token: str) -> ColumnElement[bool]:
    return and_(
        AccountLink.token_hash == hashed(token),
        AccountLink.used_at.is_(None),
        AccountLink.expires_at > clock.now(),
    )


def holder_of(token: str) -> Holder:
    """Whose link it is, as long as it may be used; raises `DeadLink`. 1 statement.

    A link for a lost password opens nothing that no password has opened: who never chose one has nothing to recover.
    """
    row = db.session.execute(
        select(Account.id, Account.email, AccountLink.purpose)
        .join(AccountLink, AccountLink.account_id == Account.id)
        .where(
            _alive(token),
            Account.disabled_at.is_(None),
            or_(AccountLink.purpose == Purpose.INVITATION.value, Account.password_hash != NO_PASSWORD),
        )
    ).first()
    if row is None:
        raise DeadLink
    return Holder(row[0], row[1] or "", Purpose(row[2]))


def choose_password(token: str, password: str) -> Account:
    """Use a link: set the password, end the sessions and all other links of the account.

    Raises `DeadLink`, `WeakPassword` (the link may be used again then).
    """
    holder = holder_of(token)
    check_new_password(password, email=holder.email)
    password_hash = hash_password(password)
    with transaction() as session:
        # The account first: two links of one account used at once would wait for each other otherwise.
        account = session.execute(
            select(Account)
            .where(Account.id == holder.account_id, Account.disabled_at.is_(None))
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).scalar()
        used = session.execute(
            update(AccountLink)
            .where(_alive(token))
            .values(used_at=clock.now())
            .execution_options(synchronize_session=False)
        )
        if account is None or used.rowcount != 1:  # type: ignore[attr-defined]
            raise DeadLink
        end_links(session, account.id)
        account.password_hash = password_hash
        if holder.purpose is Purpose.INVITATION:
            invitations.accept(session, account.id, by_password=True)
        ledger.note(session, "account.password", account.id, born=account.created_at)
        end_sessions(session, account.id)
        actor = SignedIn(
            actor_id=account.id,
            email=account.email or "",
            name=account.name,
            organisation_name=account.organisation_name,
            grants=frozenset(),
        )
        after = {"password": "chosen", "link": holder.purpose.value}
        trail.record(session, actor, "account.self", "account", account.id, after=after)
    return account


def forget_old_links() -> int:
    """Delete links that ended more than a day ago; how many."""
    with transaction() as session:
        gone = session.execute(
            delete(AccountLink).where(AccountLink.expires_at < clock.now() - timedelta(days=1))
        )
    count: int = gone.rowcount  # type: ignore[attr-defined]
    return count
