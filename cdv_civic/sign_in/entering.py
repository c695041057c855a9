"""Between the right password and the open account: the second step, and what waits for it in the session.

What waits says who gave the right password, when, and where they were going; it opens nothing by itself.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from flask import redirect, session, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import known_devices
from cdv_civic.accounts.models import Account
from cdv_civic.accounts.rules import CODE_WAITED_FOR, Way
from cdv_civic.accounts.sessions import open_session
from cdv_civic.core import clock, security_log
from cdv_civic.core.db import db
from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Role
from cdv_civic.sign_in.second_factor.queries import has_factor, must_have

_PENDING: Final = "waiting"


@dataclass(frozen=True)
class PendingSignIn:
    """Somebody who gave the right password and has one more step to do."""

    account_id: int
    email: str
    way: Way
    shared: bool
    #: An address of this site.
    back: str
    #: An authenticator app is set up; else it is to be.
    has_factor: bool


def _stamp(account: Account) -> str:
    """Changes with the password: who waits with an older one has to begin again."""
    return hashlib.sha256(account.password_hash.encode()).hexdigest()[:16]


def come_in(account_id: int, way: Way, *, shared: bool, back: str, proved_twice: bool = False) -> AnyResponse:
    """Open the account, or lead to the step that comes before; `back` is an address of this site. 4 statements.

    For every way in by a password, or by somebody else's word for one; `proved_twice` says that they asked for
    a second factor themselves. Raises `NotFound` for an account that was closed.
    """
    account = _account(account_id)
    if account is None:
        raise NotFound(_l("Ce compte n’existe plus."))
    asks_for_code = has_factor(account_id)
    if proved_twice or not (asks_for_code or must_have(_roles(account))):
        _open(account_id, account.email, way, shared=shared)
        return redirect(back, 303)
    session.clear()
    session[_PENDING] = {
        "account": account_id,
        "at": int(clock.now().timestamp()),
        "way": way.value,
        "shared": shared,
        "back": back,
        "stamp": _stamp(account),
    }
    security_log.note(security_log.SecurityEvent.FIRST_STEP, way=way.value, account=account_id)
    return redirect(url_for("second_factor.code" if asks_for_code else "second_factor.set_up"), 303)


def _roles(account: Account) -> frozenset[Role]:
    """The roles of today, and those that begin later: a session may last until then."""
    now = clock.now()
    return frozenset(
        Role(row.role)
        for row in account.role_grants
        if (row.ends_at is None or row.ends_at > now) and (row.waits_until is None or row.waits_until > now)
    )


def _account(account_id: int) -> Account | None:
    return db.session.execute(
        select(Account)
        .options(selectinload(Account.role_grants))
        .where(Account.id == account_id, Account.disabled_at.is_(None))
        .execution_options(populate_existing=True)
    ).scalar()


def pending_sign_in() -> PendingSignIn | None:
    """Who gave the right password in this browser not long ago. 3 statements."""
    kept = session.get(_PENDING)
    if not kept or clock.now() - datetime.fromtimestamp(kept["at"], UTC) > CODE_WAITED_FOR:
        return None
    account = _account(kept["account"])
    if account is None or _stamp(account) != kept["stamp"]:
        return None
    return PendingSignIn(
        account.id,
        account.email or "",
        Way(kept["way"]),
        kept["shared"],
        kept["back"],
        has_factor(account.id),
    )


def enter(pending: PendingSignIn) -> None:
    """Open the account of whoever waited and did the step."""
    _open(pending.account_id, pending.email, pending.way, shared=pending.shared)


def _open(account_id: int, email: str | None, way: Way, *, shared: bool) -> None:
    open_session(account_id, way, shared=shared)
    if way is Way.PASSWORD and email and not shared:
        known_devices.remember(email)
