"""What the pages of ways in read. Each says its number of statements."""

from dataclasses import dataclass

from sqlalchemy import select

from cdv_civic.accounts.phones import shown
from cdv_civic.accounts.rules import Way
from cdv_civic.accounts.sessions import hashed
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.sign_in.by_message.hashes import code_of
from cdv_civic.sign_in.by_message.models import SignInCode
from cdv_civic.sign_in.by_message.rules import CodeState, code_state, shown_code


@dataclass(frozen=True)
class AskedMessage:
    """A message that this browser asked for."""

    ref: str
    way: Way
    state: CodeState  #: of the newest message to the same address: its code is the one that counts
    address: str  #: as its reader knows it; empty once it is used or too old


@dataclass(frozen=True)
class OpenedLink:
    """A link, as the browser that opens it sees it."""

    state: CodeState
    here: bool  #: this browser asked for it
    code: str  #: to be typed where it was asked for: « 123 456 »
    newest: str  #: the page that takes the code of the newest message


def _newest_of(row: SignInCode) -> SignInCode:
    return db.session.execute(
        select(SignInCode)
        .where(SignInCode.browser_hash == row.browser_hash, SignInCode.address_hash == row.address_hash)
        .order_by(SignInCode.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).scalar_one()


def asked(ref: str, browser: str) -> AskedMessage | None:
    """A message by the name of its page; None in any other browser. 2 statements."""
    row = db.session.execute(
        select(SignInCode).where(SignInCode.ref == ref, SignInCode.browser_hash == hashed(browser))
    ).scalar()
    if row is None:
        return None
    newest = _newest_of(row)
    state = code_state(
        used_at=newest.used_at, expires_at=newest.expires_at, now=clock.now(), tries=newest.tries
    )
    address = newest.address or ""
    way = Way(row.way)
    return AskedMessage(ref, way, state, shown(address) if address and way is Way.SMS else address)


def opened(token: str, browser: str) -> OpenedLink | None:
    """A link by what it holds; None for one that nobody made. 2 statements."""
    row = db.session.execute(select(SignInCode).where(SignInCode.token_hash == hashed(token))).scalar()
    if row is None:
        return None
    newest = _newest_of(row)
    state = code_state(
        used_at=row.used_at, expires_at=row.expires_at, now=clock.now(), newest=newest.id == row.id
    )
    here = row.browser_hash == hashed(browser)
    return OpenedLink(state, here, shown_code(code_of(token)), newest.ref)
