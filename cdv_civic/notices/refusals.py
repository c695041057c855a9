"""Addresses that want no messages but those they ask for. Links for coming in always leave."""

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.emails import fold_email
from cdv_civic.core import clock, ledger
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import NotFound
from cdv_civic.core.hmac_hash import keyed_hash
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.settings import current_settings
from cdv_civic.notices.models import MailRefusal


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_settings().secret_key, salt="mail refusal")


def _hash_of(email: str) -> str:
    return keyed_hash("mail refusal", fold_email(email))


def token_for(email: str) -> str:
    """What the link of a letter to `email` holds: not the address, and nothing that another could make up."""
    return str(_signer().dumps(_hash_of(email)[:40]))


def _read(token: str) -> str:
    try:
        address_hash: str = _signer().loads(token)
    except BadSignature:
        raise NotFound(_l("Ce lien n’est pas complet. Copiez-le en entier depuis le message.")) from None
    return address_hash


def refuses(session: Session, email: str) -> bool:
    """Whether `email` wants no such letters. 1 statement."""
    kept = _hash_of(email)[:40]
    return (
        session.execute(select(MailRefusal.address_hash).where(MailRefusal.address_hash == kept)).scalar()
        is not None
    )


def refused(token: str) -> bool:
    """Whether the address of a link refuses already; raises `NotFound` for a link that is not ours."""
    address_hash = _read(token)
    statement = select(MailRefusal.address_hash).where(MailRefusal.address_hash == address_hash)
    return db.session.execute(statement).scalar() is not None


def refuse(token: str) -> None:
    """Send no more such letters; once said, saying it again changes nothing. Raises `NotFound`."""
    address_hash = _read(token)
    if refused(token):
        return
    try:
        with transaction() as session:
            session.add(MailRefusal(address_hash=address_hash, refused_at=clock.now()))
            ledger.note(session, "mail.refused", address_hash, born="")
    except IntegrityError:
        pass  # said twice at once


def accept(token: str) -> None:
    """Send such letters again. Raises `NotFound`."""
    address_hash = _read(token)
    with transaction() as session:
        session.execute(delete(MailRefusal).where(MailRefusal.address_hash == address_hash))
        ledger.note(session, "mail.accepted", address_hash, born="")
