"""Who acts in this request: the signed-in account, or nobody. One row for each open browser."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Flask, Response, g, has_request_context, redirect, request
from flask import session as cookie
from flask_login import LoginManager, login_user, logout_user
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts.invitations import accept
from cdv_civic.accounts.models import Account, AccountSession, ResidentQuartier, RoleGrant
from cdv_civic.accounts.rules import (
    FRESH_FOR,
    IDLE_SHARED,
    OLDEST_SHARED,
    SEEN_EVERY,
    SEEN_EVERY_SHARED,
    WITHOUT_PASSWORD,
    Way,
    device_of,
    has_ended,
)
from cdv_civic.core import clock, security_log
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor, Grant, Role, Scope, ScopeKind
from cdv_civic.core.policy.request_actor import known_actor, note_actor
from cdv_civic.core.policy.table import PASSWORD_ROLES
from cdv_civic.core.web import navigation

login_manager = LoginManager()

#: Where the cookie holds the token once more: under which name Flask-Login keeps it is its own affair.
_TOKEN: Final = "token"  # noqa: S105  (a name)

#: Pages of a shared device on which somebody typed, the last few: under this name in the cookie.
_KEPT_PAGES: Final = "kept_pages"
_MOST_KEPT_PAGES: Final = 6
_LONGEST_MARK: Final = 12
#: What a browser forgets when a session on a shared device ends.
CLEARED: Final = '"cache", "cookies", "storage"'


@dataclass(frozen=True)
class SignedIn:
    """An account that acts, as plain values: what a failed transaction rolls back does not touch them."""

    actor_id: int
    #: Empty for somebody who has none.
    email: str
    name: str
    organisation_name: str
    grants: frozenset[Grant]
    #: Id of the row of this browser; None for an act that no browser asked for.
    session_id: int | None = None
    #: When this browser came in; None as above.
    opened_at: datetime | None = None
    shared: bool = False
    minor: bool = False

    @property
    def roles(self) -> frozenset[Role]:
        """The roles, without their scopes."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def is_authenticated(self) -> bool:
        """For Flask-Login."""
        return True

    @property
    def is_active(self) -> bool:
        """For Flask-Login: a disabled account is not loaded at all."""
        return True

    @property
    def is_anonymous(self) -> bool:
        """For Flask-Login."""
        return False


def hashed(token: str) -> str:
    """What is kept in place of a random token."""
    return hashlib.sha256(token.encode()).hexdigest()


def register(app: Flask) -> None:
    """Load the account that the session cookie names.

    The extension's own `init_app` would look into the session at every answer, of public pages too, and so make
    each depend on the cookie: only the half of it that is used is done here.
    """
    app.login_manager = login_manager  # type: ignore[attr-defined]
    login_manager.session_protection = None
    app.jinja_env.globals.update(
        shared_session=shared_session,
        idle_seconds=int(IDLE_SHARED.total_seconds()),
        page_mark=page_mark,
        session_mark=session_mark,
    )

    @app.after_request
    def leave_nothing_on_the_screen(response: Response) -> Response:
        """A private page of a shared device gives way to the page that signs out, once nobody uses it."""
        if shared_session() and response.mimetype == "text/html" and response.status_code // 100 != 3:
            response.headers["Cache-Control"] = "no-store"
            response.headers.setdefault(
                "Refresh", refresh_after(int(IDLE_SHARED.total_seconds()), page_mark())
            )
        return response


def shared_session() -> bool:
    """Whether this request was found to come from a shared device; asks nothing by itself, of public pages too."""
    who = known_actor()
    return isinstance(who, SignedIn) and who.shared


def refresh_after(seconds: int, page: str | None = None) -> str:
    """The header that leads to the page that signs out, just after the session is idle; `page`: from which page."""
    return f"{seconds + 1}; url={navigation.url('leaving', page=page)}"


def page_mark() -> str:
    """What tells this answer of a shared device from others that are open beside it (`keep_page`)."""
    if "page_mark" not in g:
        g.page_mark = secrets.token_urlsafe(6)
    mark: str = g.page_mark
    return mark


def session_mark() -> str:
    """What the pages of one session of a shared device have in common, and those of no other; it opens nothing."""
    return hashed(f"pages of {browser_token()}")[:12]


def keep_page(mark: str) -> None:
    """Somebody types on a page: its script looks to its end, so that the header which leads out leaves it alone."""
    kept = [each for each in cookie.get(_KEPT_PAGES, ()) if each != mark]
    cookie[_KEPT_PAGES] = [*kept, mark[:_LONGEST_MARK]][-_MOST_KEPT_PAGES:]


def is_kept(mark: str) -> bool:
    """Whether `keep_page` was said of a page."""
    return mark in cookie.get(_KEPT_PAGES, ())


def grants_of(role_grants: list[RoleGrant], quartiers: list[int], now: datetime) -> frozenset[Grant]:
    """What an account holds at a moment: roles that were granted, those of its quartiers, that of everybody."""
    return frozenset(
        {
            Grant(Role.PERSON),
            *(
                Grant(Role(row.role), row.scope)
                for row in role_grants
                if row.waits_until is None
                and row.starts_at <= now
                and (row.ends_at is None or now < row.ends_at)
            ),
            *(Grant(Role.RESIDENT, Scope(ScopeKind.QUARTIER, quartier_id)) for quartier_id in quartiers),
        }
    )


def signed_in(account: Account, quartiers: list[int], row: AccountSession | None = None) -> SignedIn:
    """The account as who acts; its `role_grants` must be loaded.

    A role that asks for a password, given to somebody who came in without one, waits for the next sign-in.
    """
    grants = grants_of(account.role_grants, quartiers, clock.now())
    if row is not None and row.way in WITHOUT_PASSWORD:
        grants = frozenset(grant for grant in grants if grant.role not in PASSWORD_ROLES)
    return SignedIn(
        actor_id=account.id,
        email=account.email or "",
        name=account.name,
        organisation_name=account.organisation_name,
        grants=grants,
        session_id=row.id if row else None,
        opened_at=row.opened_at if row else None,
        shared=row.shared if row else False,
        minor=account.minor,
    )


def quartiers_of(account_id: int) -> list[int]:
    """The quartiers that a resident chose, in the order they were chosen. 1 statement."""
    chosen = select(ResidentQuartier.quartier_id).where(ResidentQuartier.account_id == account_id)
    return list(db.session.execute(chosen.order_by(ResidentQuartier.chosen_at)).scalars())


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load_who_acts(token: str) -> SignedIn | None:
    """`load_account` for Flask-Login; what is asked after the answer finds who it was."""
    who = load_account(token)
    note_actor(who)
    return who


def load_account(token: str) -> SignedIn | None:
    """The account of a session cookie, unless it was closed or the session ended since. 2 statements.

    Once a minute the session is noted as seen, which is one more.
    """
    statement = (
        select(AccountSession, Account)
        .join(Account, Account.id == AccountSession.account_id)
        .options(joinedload(Account.role_grants))
        .where(AccountSession.token_hash == hashed(token), Account.disabled_at.is_(None))
        .execution_options(populate_existing=True)
    )
    found = db.session.execute(statement).unique().one_or_none()
    if found is None:
        return None
    row, account = found
    now = clock.now()
    if has_ended(row.opened_at, row.seen_at, now, way=row.way, shared=row.shared):
        return None
    who = signed_in(account, quartiers_of(account.id), row)
    if now - row.seen_at >= (SEEN_EVERY_SHARED if row.shared else SEEN_EVERY):
        seen_on = account.last_seen_on
        if row.way in WITHOUT_PASSWORD and seen_on != clock.today() and has_request_context():
            cookie.modified = True  # its thirty days begin anew
        with transaction() as session:
            if seen_on != clock.today():
                _note_day(session, account.id)
            session.execute(
                update(AccountSession)
                .where(AccountSession.id == row.id)
                .values(seen_at=now)
                .execution_options(synchronize_session=False)
            )
    return who


class AccountClosed(DomainError):
    """The account was closed or erased while somebody signed in."""

    status = 410

    def __init__(self) -> None:
        super().__init__(_l("Ce compte n’existe plus. Vous pouvez en ouvrir un autre quand vous voulez."))


def _note_day(session: Session, account_id: int) -> bool:
    """Note that an open account was used today; False where it is closed or erased. Its row is locked from then on."""
    noted = session.execute(
        update(Account)
        .where(Account.id == account_id, Account.disabled_at.is_(None))
        .values(last_seen_on=clock.today(), warned_at=None)
        .execution_options(synchronize_session=False)
    )
    return bool(noted.rowcount == 1)  # type: ignore[attr-defined]


def account_who_acts(account_id: int) -> SignedIn | None:
    """An open account, for an act that no browser asked for. 3 statements."""
    account = db.session.execute(
        select(Account)
        .options(selectinload(Account.role_grants))
        .where(Account.id == account_id, Account.disabled_at.is_(None))
        .execution_options(populate_existing=True)
    ).scalar()
    return signed_in(account, quartiers_of(account_id)) if account else None


def open_session(account_id: int, way: Way, *, shared: bool = False) -> None:
    """Sign an account in, in the browser of this request.

    The session holds nothing of the one before: neither its token nor anything planted in it. The row is written
    within the caller's transaction where there is one. Raises `AccountClosed` where the account was closed or erased
    meanwhile: nothing is written then.
    """
    token = secrets.token_urlsafe(32)
    now = clock.now()
    with transaction() as session:
        if not _note_day(session, account_id):
            raise AccountClosed
        accept(session, account_id, by_password=False)
        session.add(
            AccountSession(
                account_id=account_id,
                token_hash=hashed(token),
                opened_at=now,
                seen_at=now,
                device=device_of(request.user_agent.string),
                way=way.value,
                shared=shared,
            )
        )
        session.flush()
    cookie.clear()
    if shared:
        # Known without the row, which goes when the session has ended: see `core.policy.guard`.
        cookie["shared"] = True
    # A resident finds their space open again tomorrow; a browser that staff used forgets when it is closed.
    cookie.permanent = not shared and way.value in WITHOUT_PASSWORD
    login_user(_Opened(token))
    cookie[_TOKEN] = token
    note_actor(None)  # who came in acts from the next request on
    security_log.note(
        security_log.SecurityEvent.SIGNED_IN,
        way=way.value,
        shared=int(shared),
        account=account_id if _is_named(account_id, way) else None,
    )


def _is_named(account_id: int, way: Way) -> bool:
    """Whether the log may name an account by its number: a resident's never. 1 statement where a service sent them."""
    if way is not Way.OIDC:
        return way is Way.PASSWORD
    has_role = select(RoleGrant.id).where(RoleGrant.account_id == account_id).limit(1)
    return db.session.execute(has_role).first() is not None


def browser_token() -> str | None:
    """The token that the cookie of this browser holds, whether its session still lasts or not."""
    token: str | None = cookie.get(_TOKEN)
    return token


def seconds_left() -> int | None:
    """In how many seconds the shared session of this browser ends; 0 where it has, None where there is none.

    Looking is not using: `seen_at` stays as it is. 1 statement.
    """
    token = browser_token()
    if not token or not cookie.get("shared"):
        return None
    found = db.session.execute(
        select(AccountSession.seen_at, AccountSession.opened_at).where(
            AccountSession.token_hash == hashed(token)
        )
    ).first()
    if found is None:
        return 0
    end = min(found.seen_at + IDLE_SHARED, found.opened_at + OLDEST_SHARED)
    return max(0, int((end - clock.now()).total_seconds()))


def end_this_session() -> None:
    """Delete the row that the cookie of this browser names."""
    token = browser_token()
    if token:
        with transaction() as session:
            session.execute(delete(AccountSession).where(AccountSession.token_hash == hashed(token)))


def came_in_lately(actor: Actor) -> bool:
    """Whether who acts has just proved who they are: a cookie that was taken from them is older than that."""
    opened_at: datetime | None = getattr(actor, "opened_at", None)
    return opened_at is not None and clock.now() - opened_at < FRESH_FOR


def forget_who_acts() -> None:
    """Let this browser forget who was here."""
    logout_user()
    cookie.clear()
    note_actor(None)


def leave_browser(how: str = "", *, shared: bool, back: str | None = None) -> AnyResponse:
    """Forget who was here, and go to the sign-in page, which says how it ended.

    Who comes in there goes on to `back`. The sentence goes by the address: on a shared device no cookie is left to
    carry it.
    """
    forget_who_acts()
    if not shared:
        # Who goes on to `back` has only begun.
        fin = how or (None if back else "sortie")
        return redirect(navigation.url("sign_in", fin=fin, retour=back), 303)
    answer = redirect(navigation.url("sign_in", poste="partage", fin=how or "partage", retour=back), 303)
    answer.headers["Clear-Site-Data"] = CLEARED
    return answer


@dataclass(frozen=True)
class _Opened:
    """What Flask-Login puts into the cookie."""

    token: str
    is_active: bool = True
    is_authenticated: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        return self.token
