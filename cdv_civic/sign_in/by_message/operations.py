"""Ask for a link or a code, and come in by it.

Asking does the same work and writes the same rows whether the address has an account or not; an account is made at
the first use, never before.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts import limits
from cdv_civic.accounts.invitations import asks_for_password, is_awaited, never_opened, waits
from cdv_civic.accounts.locking import lock_accounts
from cdv_civic.accounts.models import NO_PASSWORD, Account, RoleGrant, SecondFactor
from cdv_civic.accounts.operations import new_account
from cdv_civic.accounts.rules import Way
from cdv_civic.accounts.sessions import SignedIn, hashed
from cdv_civic.core import clock, security_log
from cdv_civic.core.audit import trail
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.settings import current_settings
from cdv_civic.notices.letters import written_in
from cdv_civic.notices.operations import require_mail, require_texts, write_mail, write_text
from cdv_civic.sign_in.by_message import wording
from cdv_civic.sign_in.by_message.hashes import address_hash, code_hash, code_of
from cdv_civic.sign_in.by_message.letters import code_text, link_letter, password_letter, password_text
from cdv_civic.sign_in.by_message.models import SignInCode
from cdv_civic.sign_in.by_message.rules import LASTS, MOST_TRIES, CodeState, code_state, read_code


class BadCode(DomainError):
    """Not a code, or not this one."""

    def __init__(self, sentence: LazyString) -> None:
        super().__init__(sentence, field="code")


def typed_code(typed: str) -> str:
    """The six digits that somebody typed; raises `BadCode`."""
    code = read_code(typed)
    if code is None:
        raise BadCode(wording.NO_CODE)
    return code


class DeadCode(DomainError):
    """A link or a code that opens nothing any more; `state` says why (None: it is unknown in this browser)."""

    status = 410

    def __init__(self, state: CodeState | None) -> None:
        super().__init__(wording.DEAD[state])
        self.state = state


class NeedsPassword(DomainError):
    """An account whose roles ask for a password."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_l("Votre compte s’ouvre avec un mot de passe. Passez par l’espace des équipes."))


@dataclass(frozen=True)
class Entered:
    """Who comes in."""

    account_id: int
    way: Way
    first: bool  #: the account was made just now


def _language(tag: str) -> str:
    settings = current_settings()
    return tag if tag in settings.languages else settings.default_language


def _has(way: Way, address: str) -> ColumnElement[bool]:
    return (Account.email if way is Way.EMAIL else Account.phone) == address


def needs_password() -> ColumnElement[bool]:
    """Whether an account holds, or will hold, a role that is opened by a password only; or asks for a code besides."""
    return or_(
        asks_for_password(clock.now()),
        exists().where(SecondFactor.account_id == Account.id),
    )


def _is_invited() -> ColumnElement[bool]:
    """Whether an account waits for its holder to choose a first password."""
    return and_(
        Account.password_hash == NO_PASSWORD,
        exists().where(RoleGrant.account_id == Account.id, waits(clock.now())),
    )


def ask(way: Way, address: str, *, browser: str, language: str) -> str:
    """Send a message to an address (folded e-mail, E.164); the `ref` of the page that takes its code.

    `browser` is the random value in the cookie of whoever asks: only there the link and the code are good for anything.
    Raises `NoMail`, `NoTexts`. 3 statements: the account, the row, the message; for a text message the account is
    looked for once before, as the last messages of the day are for numbers that have one: the others get the same
    answer and no message.
    """
    (require_mail if way is Way.EMAIL else require_texts)()
    tag = _language(language)
    token, ref = secrets.token_urlsafe(32), secrets.token_urlsafe(9)
    code, now = code_of(token), clock.now()
    may_leave = way is Way.EMAIL or _take_text(address)
    with transaction() as session:
        found = session.execute(
            select(Account.disabled_at, needs_password(), _is_invited()).where(_has(way, address))
        ).first()
        session.add(
            SignInCode(
                ref=ref,
                way=way.value,
                address_hash=address_hash(way, address),
                address=address,
                token_hash=hashed(token),
                code_hash=code_hash(ref, code),
                browser_hash=hashed(browser),
                created_at=now,
                expires_at=now + LASTS,
                used_at=None,
                tries=0,
            )
        )
        session.flush()
        by_password = found is not None and bool(found[1])
        with session.begin_nested() as attempt, written_in(tag):
            if way is Way.EMAIL:
                letter = (
                    password_letter(tag, invited=bool(found and found[2]))
                    if by_password
                    else link_letter(token, code, tag)
                )
                write_mail(session, address, tag, letter, topic=None, useful_until=now + LASTS)
            else:
                text = password_text() if by_password else code_text(code)
                write_text(session, address, tag, text, topic=None, useful_until=now + LASTS)
            if not may_leave or (found is not None and found[0] is not None):
                attempt.rollback()  # no text left, or a closed account: nobody sees a difference
    return ref


def _take_text(phone: str) -> bool:
    known = db.session.execute(
        select(Account.id).where(Account.phone == phone, Account.disabled_at.is_(None))
    ).first()
    return limits.take_text(known=known is not None)


def _newest(session: Session, row: SignInCode) -> SignInCode:
    """The newest row of the same address and browser, locked until the end of the transaction.

    The account of the address is locked before it, as whoever erases it does. Raises `DeadCode` where it is gone.
    """
    if row.address is not None:
        lock_accounts(session, _has(Way(row.way), row.address))
    newest = session.execute(
        select(SignInCode)
        .where(SignInCode.browser_hash == row.browser_hash, SignInCode.address_hash == row.address_hash)
        .order_by(SignInCode.id.desc())
        .limit(1)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if newest is None:
        raise DeadCode(None)
    return newest


def enter_by_code(ref: str, typed: str, *, browser: str) -> Entered:
    """Come in by a code typed in the browser that asked. A wrong one is counted, whatever happens next.

    Raises `BadCode` beside the field, `DeadCode`, `NeedsPassword`.
    """
    code = typed_code(typed)
    with transaction() as session:
        row = session.execute(
            select(SignInCode).where(SignInCode.ref == ref, SignInCode.browser_hash == hashed(browser))
        ).scalar()
        if row is None:
            raise DeadCode(None)
        newest = _newest(session, row)
        state = code_state(
            used_at=newest.used_at, expires_at=newest.expires_at, now=clock.now(), tries=newest.tries
        )
        if state is not CodeState.WAITING:
            raise DeadCode(state)
        if hmac.compare_digest(newest.code_hash, code_hash(newest.ref, code)):
            return _enter(session, newest)
        older = newest.id != row.id and hmac.compare_digest(row.code_hash, code_hash(row.ref, code))
        if not older:
            newest.tries += 1
        left = MOST_TRIES - newest.tries
        security_log.note(
            security_log.SecurityEvent.FAILED, way=row.way, reason="older" if older else "wrong"
        )
    if older:
        raise BadCode(wording.OLDER_CODE)
    if left == 0:
        raise DeadCode(CodeState.BLOCKED)
    raise BadCode(wording.wrong_code(left))


def enter_by_link(token: str, *, browser: str) -> Entered:
    """Come in by a link, in the browser that asked. Raises `DeadCode`, `NeedsPassword`."""
    with transaction() as session:
        row = session.execute(
            select(SignInCode).where(
                SignInCode.token_hash == hashed(token), SignInCode.browser_hash == hashed(browser)
            )
        ).scalar()
        if row is None:
            raise DeadCode(None)
        newest = _newest(session, row)
        if newest.id != row.id:
            session.refresh(row)
        state = code_state(
            used_at=row.used_at, expires_at=row.expires_at, now=clock.now(), newest=newest.id == row.id
        )
        if state is not CodeState.WAITING:
            raise DeadCode(state)
        return _enter(session, newest)


def _enter(session: Session, row: SignInCode) -> Entered:
    """Use a row, and with it the older ones of its address and browser; their address is forgotten."""
    way, address = Way(row.way), row.address
    if address is None:
        raise DeadCode(CodeState.EXPIRED)
    account_id, first = _account(session, way, address)
    session.execute(
        update(SignInCode)
        .where(
            SignInCode.browser_hash == row.browser_hash,
            SignInCode.address_hash == row.address_hash,
            SignInCode.used_at.is_(None),
        )
        .values(used_at=clock.now(), address=None)
        .execution_options(synchronize_session=False)
    )
    if first:
        actor = SignedIn(actor_id=account_id, email="", name="", organisation_name="", grants=frozenset())
        trail.record(session, actor, "account.self", "account", account_id, after={"created": way.value})
    return Entered(account_id, way, first)


def _account(session: Session, way: Way, address: str) -> tuple[int, bool]:
    """The account of an address, made where there is none; and whether it was made."""
    statement = select(Account, needs_password()).where(_has(way, address))
    found = session.execute(statement).first()
    if found is None:
        try:
            with session.begin_nested():
                made = new_account(
                    session,
                    email=address if way is Way.EMAIL else None,
                    phone=address if way is Way.SMS else None,
                )
            return made.id, True
        except IntegrityError:  # somebody came in by another browser at the same moment
            found = session.execute(statement).one()
    account, by_password = found
    if account.disabled_at is not None:
        raise DeadCode(CodeState.USED)
    if by_password:
        raise NeedsPassword
    return account.id, _begin_anew(session, account)


def _begin_anew(session: Session, account: Account) -> bool:
    """Somebody was invited and did not come in time: nothing of the invitation is left, it is a new account."""
    invited = account.name or account.organisation_name
    if not (invited and never_opened(account)) or is_awaited(session, account.id):
        return False
    account.name = account.organisation_name = ""
    session.flush()
    return True


def forget_codes() -> int:
    """Erase the addresses of links and codes that have ended, and their rows a day later; how many addresses. A job."""
    now = clock.now()
    with transaction() as session:
        erased = session.execute(
            update(SignInCode)
            .where(and_(SignInCode.expires_at <= now, SignInCode.address.is_not(None)))
            .values(address=None)
            .execution_options(synchronize_session=False)
        )
        session.execute(delete(SignInCode).where(SignInCode.expires_at < now - timedelta(days=1)))
    count: int = erased.rowcount  # type: ignore[attr-defined]
    return count
