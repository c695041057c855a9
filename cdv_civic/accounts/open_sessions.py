"""The browsers in which an account is open: to see them, and to close them.

Pages that show the list put it in their own data (`sessions_of`) and draw it with the macro `open_sessions` of
`templates/sign_in/components.html`. Closing one's own browsers leaves no line in the audit trail: it is nobody else's
business. Closing somebody else's does.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, true

from cdv_civic.accounts.locking import lock_accounts
from cdv_civic.accounts.models import Account, AccountSession
from cdv_civic.accounts.rules import Way, has_ended
from cdv_civic.accounts.session_ends import delete_sessions, end_session, end_sessions
from cdv_civic.accounts.wording import WAY_WORDS
from cdv_civic.core import clock
from cdv_civic.core.audit import trail
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor, Touched


@dataclass(frozen=True)
class OpenSession:
    """One browser in which the account is open."""

    id: int
    #: "Firefox, Android"; empty where the browser did not say.
    device: str
    way: Way
    opened_at: datetime
    seen_at: datetime
    #: Others use this device too.
    shared: bool
    #: The browser that asks.
    current: bool

    @property
    def way_words(self) -> object:
        """How the person came in."""
        return WAY_WORDS[self.way]


def sessions_of(account_id: int, current: int | None) -> list[OpenSession]:
    """The open sessions of an account, this one (its id is `current`) first, then the latest. 1 statement."""
    now = clock.now()
    rows = db.session.execute(
        select(AccountSession)
        .where(AccountSession.account_id == account_id)
        .order_by(AccountSession.seen_at.desc(), AccountSession.id.desc())
        .execution_options(populate_existing=True)
    ).scalars()
    found = [
        OpenSession(
            row.id, row.device, Way(row.way), row.opened_at, row.seen_at, row.shared, row.id == current
        )
        for row in rows
        if not has_ended(row.opened_at, row.seen_at, now, way=row.way, shared=row.shared)
    ]
    return sorted(found, key=lambda each: not each.current)


def close_session(actor: Actor, session_id: int) -> None:
    """Close one of one's own sessions; one that is closed already, or somebody else's, changes nothing."""
    require(actor, "account.self")
    if actor.actor_id is not None:
        with transaction() as session:
            end_session(session, actor.actor_id, session_id)


def close_all_sessions(actor: Actor) -> int:
    """Close all of one's own sessions, the present one too; how many."""
    require(actor, "account.self")
    if actor.actor_id is None:
        return 0
    with transaction() as session:
        return end_sessions(session, actor.actor_id)


def sign_out(actor: Actor, account_id: int | None) -> int:
    """Close all sessions of one account, or (None) of everybody; how many. A line of the audit trail says so.

    For a computer that was stolen, or a cookie that may have been: the accounts stay as they are.
    """
    require(actor, "account.manage", Touched())
    with transaction() as session:
        if account_id is None:
            count = delete_sessions(session, true())
            trail.record(session, actor, "account.manage", "site", None, after={"sessions": "ended"})
        else:
            # The account before its sessions, as everybody else locks them.
            lock_accounts(session, Account.id == account_id)
            count = end_sessions(session, account_id)
            trail.record(session, actor, "account.manage", "account", account_id, after={"sessions": "ended"})
    return count
