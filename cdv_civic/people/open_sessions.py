"""The browsers in which an account is open: to see them, and to close them.

Pages that show the list put it in their own data (`sessions_of`) and draw it with the macro `open_sessions` of
`templates/people/parts.html`; its buttons lead here and back. Closing one's own browsers leaves no line in the audit
trail: it is nobody else's business. Closing somebody else's does.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user
from sqlalchemy import delete, func, select
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core import audit, clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.i18n import _
from cdv_civic.core.i18n import lazy_gettext as _l
from cdv_civic.core.policy import Actor, Touched, policy, require
from cdv_civic.people.desk import keep_nothing
from cdv_civic.people.models import Account, AccountSession
from cdv_civic.people.rules import Way, has_ended, own_path
from cdv_civic.people.sessions import SignedIn, end_session, end_sessions, leave_browser

#: How somebody came in, in words.
WAY_WORDS: Final[dict[Way, Any]] = {
    Way.PASSWORD: _l("avec un mot de passe"),
    Way.EMAIL: _l("par un lien reçu par e-mail"),
    Way.SMS: _l("par un code reçu par SMS"),
    Way.CARD: _l("avec une carte personnelle"),
    Way.OIDC: _l("par un service d’identité"),
}

blueprint = Blueprint("open_sessions", __name__, url_prefix="/<lang>")
keep_nothing(blueprint)


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
        mine = AccountSession.account_id == actor.actor_id
        count = session.execute(select(func.count()).select_from(AccountSession).where(mine)).scalar_one()
        end_sessions(session, actor.actor_id)
    return count


def sign_out(actor: Actor, account_id: int | None) -> int:
    """Close all sessions of one account, or (None) of everybody; how many. A line of the audit trail says so.

    For a computer that was stolen, or a cookie that may have been: the accounts stay as they are.
    """
    require(actor, "account.manage", Touched())
    with transaction() as session:
        if account_id is None:
            gone = session.execute(delete(AccountSession))
            audit.record(session, actor, "account.manage", "site", None, after={"sessions": "ended"})
        else:
            # The account before its sessions, as everybody else locks them.
            session.execute(
                select(Account.id).where(Account.id == account_id).with_for_update(key_share=True)
            )
            gone = session.execute(delete(AccountSession).where(AccountSession.account_id == account_id))
            audit.record(session, actor, "account.manage", "account", account_id, after={"sessions": "ended"})
    count: int = gone.rowcount  # type: ignore[attr-defined]
    return count


def _back() -> str:
    return own_path(request.form.get("retour")) or url_for("people.entrance")


@blueprint.post("/moi/appareils/<int:session_id>/fermer")
@policy("account.self")
def close(session_id: int) -> AnyResponse:
    """Close one session, and go back to the page that listed it."""
    who = cast(SignedIn, current_user._get_current_object())
    close_session(who, session_id)
    if session_id == who.session_id:
        return leave_browser(shared=who.shared)
    flash(_("C’est fermé : cet appareil demande de nouveau qui vous êtes."), "success")
    return redirect(_back(), 303)


@blueprint.post("/moi/appareils/fermer")
@policy("account.self")
def close_all() -> AnyResponse:
    """Close all sessions, this one too."""
    who = cast(SignedIn, current_user._get_current_object())
    close_all_sessions(who)
    return leave_browser("partout", shared=who.shared)
