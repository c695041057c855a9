"""A code goes to the new address; typed in one's own space, it makes the address a way in.

Whether somebody else has the address is said to nobody but whoever proved that it is theirs.
"""

import hmac
import secrets

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.erasure import locked_account
from cdv_civic.accounts.links import end_links
from cdv_civic.accounts.models import NO_PASSWORD, Account
from cdv_civic.accounts.rules import Way
from cdv_civic.accounts.sessions import came_in_lately, hashed
from cdv_civic.core import clock, ledger
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, Forbidden, NotFound
from cdv_civic.core.hmac_hash import keyed_hash
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.settings import current_settings
from cdv_civic.my_space.ways_in.letters import code_letter
from cdv_civic.notices.letters import written_in
from cdv_civic.notices.operations import write_mail, write_text
from cdv_civic.sign_in.by_message.hashes import address_hash, bound_to
from cdv_civic.sign_in.by_message.letters import code_text
from cdv_civic.sign_in.by_message.models import SignInCode
from cdv_civic.sign_in.by_message.operations import BadCode, typed_code
from cdv_civic.sign_in.by_message.rules import DIGITS, LASTS, MOST_TRIES, CodeState, code_state
from cdv_civic.sign_in.by_message.wording import wrong_code
from cdv_civic.sign_in.new_ways import tell_of_new_way


class DeadProof(NotFound):
    """A code that proves nothing any more, or that was sent for somebody else."""

    status = 410

    def __init__(self) -> None:
        super().__init__(_l("Ce code ne sert plus. Demandez-en un autre."))


class ComeInAgain(Forbidden):
    """A way in is added by whoever has just come in: whoever took a cookie does not make the space their own."""

    def __init__(self) -> None:
        super().__init__(
            _l("Pour ajouter une adresse e-mail ou un numéro, connectez-vous d’abord de nouveau.")
        )


class ByPassword(Conflict):
    """The address belongs to a password: whoever manages the site changes it."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Votre adresse e-mail sert à vous connecter avec votre mot de passe. "
                "Demandez à la personne qui gère le site de la changer."
            ),
            field="email",
        )


def _code_hash(ref: str, code: str) -> str:
    return keyed_hash("code of a new address", ref, code)


def ask_for_proof(actor: Actor, way: Way, address: str, language: str) -> str:
    """Send a code to an address (folded e-mail, E.164) that is to be one's own; the `ref` of the page that takes it.

    The same is done for an address that somebody else has. Raises `ByPassword`, `ComeInAgain`, `NoMail`, `NoTexts`.
    """
    require(actor, "account.self")
    if not came_in_lately(actor):
        raise ComeInAgain
    settings = current_settings()
    tag = language if language in settings.languages else settings.default_language
    ref, now = secrets.token_urlsafe(9), clock.now()
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    with transaction() as session:
        account = locked_account(session, actor.actor_id)
        _refuse_password(account, way)
        session.add(
            SignInCode(
                ref=ref,
                way=way.value,
                address_hash=address_hash(way, address),
                address=address,
                token_hash=hashed(secrets.token_urlsafe(32)),  # of a link that was sent to nobody
                code_hash=_code_hash(ref, code),
                browser_hash=bound_to(account.id),
                created_at=now,
                expires_at=now + LASTS,
                used_at=None,
                tries=0,
            )
        )
        session.flush()
        with written_in(tag):
            if way is Way.EMAIL:
                write_mail(session, address, tag, code_letter(code), topic=None, useful_until=now + LASTS)
            else:
                write_text(session, address, tag, code_text(code), topic=None, useful_until=now + LASTS)
    return ref


def _refuse_password(account: Account, way: Way) -> None:
    if way is Way.EMAIL and account.password_hash != NO_PASSWORD:
        raise ByPassword


def _row(session: Session, actor: Actor, ref: str) -> SignInCode:
    row = session.execute(
        select(SignInCode)
        .where(SignInCode.ref == ref, SignInCode.browser_hash == bound_to(actor.actor_id or 0))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if row is None:
        raise DeadProof
    return row


def asked_way(actor: Actor, ref: str) -> Way:
    """What the code of `ref` was asked for. 1 statement. Raises `DeadProof`."""
    with transaction() as session:
        return Way(_row(session, actor, ref).way)


def prove(actor: Actor, ref: str, typed: str) -> Way:
    """Make the address one's own by the code that was sent to it, and tell all ways there were; a wrong one is counted.

    Raises `BadCode` beside the field, `DeadProof`, `ByPassword`, `Conflict` where somebody else has the address.
    """
    require(actor, "account.self")
    code = typed_code(typed)
    taken = Conflict(
        _l(
            "Cette adresse e-mail ou ce numéro ouvre déjà un autre compte. Connectez-vous avec, ou effacez "
            "d’abord ce compte."
        ),
        field="code",
    )
    try:
        with transaction() as session:
            account = locked_account(session, actor.actor_id)
            row = _row(session, actor, ref)
            state = code_state(
                used_at=row.used_at, expires_at=row.expires_at, now=clock.now(), tries=row.tries
            )
            address, way = row.address, Way(row.way)
            if state is not CodeState.WAITING or address is None:
                raise DeadProof
            right = hmac.compare_digest(row.code_hash, _code_hash(row.ref, code))
            if right:
                _refuse_password(account, way)
                _take(session, account, way, address)
            else:
                row.tries += 1
            left = MOST_TRIES - row.tries
    except IntegrityError:
        raise taken from None
    if right:
        return way
    if left <= 0:
        raise DeadProof
    raise BadCode(wrong_code(left))


def _take(session: Session, account: Account, way: Way, address: str) -> None:
    """Write the address into the account (a unique constraint refuses one that is another's), and end its codes."""
    email, phone = account.email, account.phone
    # The one before may be somebody else's by now.
    if way is Way.EMAIL:
        if account.email not in (None, address):
            ledger.note(session, "account.email", account.id, born=account.created_at)
        account.email = address
        end_links(session, account.id)  # those that went to the address before
    else:
        if account.phone not in (None, address):
            ledger.note(session, "account.phone", account.id, born=account.created_at)
        account.phone = address
    session.execute(
        update(SignInCode)
        .where(SignInCode.browser_hash == bound_to(account.id), SignInCode.used_at.is_(None))
        .values(used_at=clock.now(), address=None)
        .execution_options(synchronize_session=False)
    )
    session.flush()
    if address not in (email, phone):
        tell_of_new_way(session, account, way, email=email, phone=phone)
