"""Codes by mail or by text message that prove one thing at the desk of cards, and never open an account.

They stand among the codes of sign-in, bound to what they prove in place of a browser (as `my_space.ways_in` does).
"""

import hmac
import secrets
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts import limits
from cdv_civic.accounts.models import Account, AccountSession
from cdv_civic.accounts.rules import WITHOUT_PASSWORD, Way
from cdv_civic.accounts.sessions import hashed
from cdv_civic.cards.rules import CONFIRMED_FOR, MOST_CODES_AT_DESK, MOST_CODES_OF_CARD
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.hmac_hash import keyed_hash
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.settings import current_settings
from cdv_civic.notices.letters import Letter, mail_language, written_in
from cdv_civic.notices.operations import write_mail, write_text
from cdv_civic.sign_in.by_message.hashes import address_hash
from cdv_civic.sign_in.by_message.letters import code_text
from cdv_civic.sign_in.by_message.models import SignInCode
from cdv_civic.sign_in.by_message.rules import (
    DIGITS,
    LASTS,
    MOST_TRIES,
    CodeState,
    code_state,
    read_code,
    shown_code,
)
from cdv_civic.sign_in.by_message.wording import NO_CODE, wrong_code

_A_DAY: Final = timedelta(days=1)


class NotConfirmed(DomainError):
    """Whoever came in by a link, a code or a card gives no card before they confirmed who they are once more."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_l("Confirmez d’abord que c’est vous, avec un code envoyé à votre adresse."))


class NoWay(DomainError):
    """There is no address that a code could be sent to."""

    status = 409


class TooManyCodes(DomainError):
    """Enough codes were sent for this in a day."""

    status = 429

    def __init__(self) -> None:
        super().__init__(_l("Plusieurs codes sont déjà partis. Cherchez le dernier, ou revenez demain."))


class WrongProof(DomainError):
    """Not the code that was sent, or one that proves nothing any more."""


def for_card(card_id: int) -> str:
    """What a code is bound to that lets another card open the space of this one."""
    return hashed(f"space of card {card_id}")


def _for_session(session_id: int) -> str:
    return hashed(f"desk of cards in session {session_id}")


def _hash(bound: str, code: str) -> str:
    return keyed_hash("code at the desk of cards", bound, code)


def way_of(account: Account) -> tuple[Way, str] | None:
    """Where a code for an account would go: its e-mail address, else its telephone; None: nowhere."""
    settings = current_settings()
    if account.email is not None and settings.mails:
        return Way.EMAIL, account.email
    if account.phone is not None and settings.texts:
        return Way.SMS, account.phone
    return None


def counted(account: Account | None) -> AbstractContextManager[None]:
    """Count the text message by which a code for an account would leave, around the transaction that writes it.

    Raises `limits.TooManyTexts`.
    """
    by_text = account is not None and (way_of(account) or (None,))[0] is Way.SMS
    return limits.counted_text() if by_text else nullcontext()


def send(
    session: Session,
    account: Account,
    bound: str,
    language: str,
    letter: Any,
    after: Any,
    *,
    most: int = MOST_CODES_OF_CARD,
) -> Way:
    """Send a code to an account, within the caller's transaction, itself within `counted`.

    `letter` and `after` say what it is for.

    No more than `most` in a day.

    Raises `NoWay`, `TooManyCodes`.
    """
    found = way_of(account)
    if found is None:
        raise NoWay(_l("Ce compte n’a ni adresse e-mail ni téléphone : aucun code ne peut partir."))
    way, address = found
    code, tag = _put(session, bound, way, address, most), mail_language(language)
    with written_in(tag):
        if way is Way.EMAIL:
            said = Letter(
                subject=_("Votre code"),
                paragraphs=[_("Bonjour,"), str(letter)],
                code_words=_("Le code :"),
                code=shown_code(code),
                after=[str(after)],
            )
            write_mail(session, address, tag, said, topic=None, useful_until=clock.now() + LASTS)
        else:
            write_text(session, address, tag, code_text(code), topic=None, useful_until=clock.now() + LASTS)
    return way


def _put(session: Session, bound: str, way: Way, address: str, most: int) -> str:
    now = clock.now()
    sent = select(func.count()).where(SignInCode.browser_hash == bound, SignInCode.created_at > now - _A_DAY)
    if session.execute(sent).scalar_one() >= most:
        raise TooManyCodes
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    session.add(
        SignInCode(
            ref=secrets.token_urlsafe(9),
            way=way.value,
            address_hash=address_hash(way, address),
            address=address or None,
            token_hash=hashed(secrets.token_urlsafe(32)),  # of a link that was sent to nobody
            code_hash=_hash(bound, code),
            browser_hash=bound,
            created_at=now,
            expires_at=now + LASTS,
            used_at=None,
            tries=0,
        )
    )
    session.flush()
    return code


def show(session: Session, bound: str) -> str:
    """A code for whoever is signed in to the account already: shown to them, sent nowhere. Raises `TooManyCodes`."""
    return _put(session, bound, Way.EMAIL, "", MOST_CODES_OF_CARD)


def take(bound: str, typed: str) -> None:
    """Use the newest code of `bound`; a wrong one is counted, whatever happens next.

    Raises `WrongProof` beside the field `proof`.
    """
    code = read_code(typed)
    if code is None:
        raise WrongProof(NO_CODE, field="proof")
    with transaction() as session:
        row = session.execute(
            select(SignInCode)
            .where(SignInCode.browser_hash == bound)
            .order_by(SignInCode.id.desc())
            .limit(1)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).scalar()
        state = (
            code_state(used_at=row.used_at, expires_at=row.expires_at, now=clock.now(), tries=row.tries)
            if row is not None
            else CodeState.EXPIRED
        )
        if row is None or state is not CodeState.WAITING:
            raise WrongProof(_l("Ce code ne sert plus. Demandez-en un autre."), field="proof")
        right = hmac.compare_digest(row.code_hash, _hash(bound, code))
        if right:
            row.used_at, row.address = clock.now(), None
        else:
            row.tries += 1
        left = MOST_TRIES - row.tries
    if not right:
        raise WrongProof(wrong_code(left), field="proof")


# --- Who came in without a password confirms before they give a card ---


def _session_id(actor: Actor) -> int | None:
    """The session of the actor, where it was opened without a password. 1 statement."""
    session_id: int | None = getattr(actor, "session_id", None)
    if session_id is None:
        return None
    way = db.session.execute(select(AccountSession.way).where(AccountSession.id == session_id)).scalar()
    return session_id if way is None or way in WITHOUT_PASSWORD else None


def confirms_first(actor: Actor) -> bool:
    """Whether somebody must confirm who they are before they give a card. 2 statements at most."""
    session_id = _session_id(actor)
    if session_id is None:
        return False
    used = db.session.execute(
        select(func.max(SignInCode.used_at)).where(SignInCode.browser_hash == _for_session(session_id))
    ).scalar()
    return not _is_fresh(used)


def _is_fresh(used_at: datetime | None) -> bool:
    return used_at is not None and used_at > clock.now() - CONFIRMED_FOR


def ask_to_confirm(actor: Actor, language: str) -> None:
    """Send a code to the actor. Raises `NoWay`, `TooManyCodes`, `limits.TooManyTexts`."""
    session_id = _session_id(actor)
    if session_id is None:
        return
    own_account = select(Account).where(Account.id == actor.actor_id)
    with counted(db.session.execute(own_account).scalar_one()), transaction() as session:
        account = session.execute(own_account).scalar_one()
        send(
            session,
            account,
            _for_session(session_id),
            language,
            _l("Vous voulez donner une carte d’accès à quelqu’un. Confirmez avec ce code que c’est vous."),
            _l("Vous n’avez rien demandé ? Quelqu’un a ouvert votre compte : prévenez votre équipe."),
            most=MOST_CODES_AT_DESK,
        )


def confirm(actor: Actor, typed: str) -> None:
    """Take the code that was sent to the actor. Raises `WrongProof`."""
    session_id = _session_id(actor)
    if session_id is not None:
        take(_for_session(session_id), typed)
