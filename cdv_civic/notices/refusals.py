"""Addresses that want no messages about a topic, or none but those they ask for. Links for coming in always leave.

An address is a folded e-mail or a number (E.164), of an account or not. Only its hash under SECRET_KEY is kept, and the
link of a message holds that hash: nobody can make one up for somebody else. The link is short, as a text message holds
it too.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts import limits
from cdv_civic.accounts.emails import fold_email
from cdv_civic.core import clock, ledger
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import NotFound
from cdv_civic.core.hmac_hash import keyed_hash
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.settings import current_settings
from cdv_civic.notices.models import NoticeRefusal
from cdv_civic.notices.topics import ALL, Topic, topic_named

#: Hexadecimal digits of the hash that are kept: 160 bits of an e-mail, 80 of a number, whose link must be short.
_OF_AN_EMAIL: Final = 40
_OF_A_NUMBER: Final = 20
#: Of the seal of a link: 64 bits, each of which costs a request to guess.
_OF_A_SEAL: Final = 16


@dataclass(frozen=True)
class Refuser:
    """Whose link it is, and of a message about what."""

    address_hash: str
    #: The name of a topic, or `ALL`.
    topic: str


def _hash_of(address: str) -> str:
    if "@" in address:
        return keyed_hash("mail refusal", fold_email(address))[:_OF_AN_EMAIL]
    return keyed_hash("text refusal", address)[:_OF_A_NUMBER]


def _seal(address_hash: str, topic: str) -> str:
    return keyed_hash("refusal link", address_hash, topic)[:_OF_A_SEAL]


def token_for(address: str, topic: Topic) -> str:
    """What the link of a message holds: the topic, and neither the address nor anything that another could make up."""
    address_hash = _hash_of(address)
    whole = bytes.fromhex(address_hash + _seal(address_hash, topic.name))
    return f"{topic.name}.{base64.urlsafe_b64encode(whole).decode().rstrip('=')}"


def read_token(token: str) -> Refuser:
    """Whose link it is; raises `NotFound` for one that is not ours."""
    found = _read(token) or _read_older(token)
    if found is None:
        raise NotFound(_l("Ce lien n’est pas complet. Copiez-le en entier depuis le message."))
    return found


def _read(token: str) -> Refuser | None:
    topic, _dot, rest = token.partition(".")
    try:
        whole = base64.b64decode(rest + "=" * (-len(rest) % 4), altchars=b"-_", validate=True).hex()
    except (binascii.Error, ValueError):
        return None
    address_hash, seal = whole[:-_OF_A_SEAL], whole[-_OF_A_SEAL:]
    if len(address_hash) not in (_OF_AN_EMAIL, _OF_A_NUMBER):
        return None
    if not hmac.compare_digest(seal, _seal(address_hash, topic)):
        return None
    return Refuser(address_hash, topic)


def _read_older(token: str) -> Refuser | None:
    """A link of a mail that was sent before there were topics, and lies in its reader's mailbox: it refuses all."""
    try:
        said = URLSafeSerializer(current_settings().secret_key, salt="mail refusal").loads(token)
    except BadSignature:
        return None
    return Refuser(str(said), ALL)


def refuses(session: Session, address: str, topic: Topic) -> bool:
    """Whether an address wants no messages about a topic. 1 statement, none where nobody can refuse it."""
    if not topic.refusable:
        return False
    return refused_names(session, address).intersection((topic.name, ALL)) != set()


def refused_names(session: Session, address: str) -> frozenset[str]:
    """The names of all that an address refuses, `ALL` maybe among them. 1 statement."""
    return _names(session, _hash_of(address))


def _names(session: Session, address_hash: str) -> frozenset[str]:
    found = session.execute(select(NoticeRefusal.topic).where(NoticeRefusal.address_hash == address_hash))
    return frozenset(found.scalars())


def refused(of: Refuser) -> frozenset[str]:
    """What the address of a link refuses, of the topic of the link and `ALL`. 1 statement."""
    return _names(db.session(), of.address_hash).intersection((of.topic, ALL))


def refuse(of: Refuser, topic: str) -> None:
    """Send no more about a topic, or (`ALL`) nothing that can be refused; saying it again changes nothing."""
    if topic in _names(db.session(), of.address_hash):
        return
    try:
        with transaction() as session:
            session.add(NoticeRefusal(address_hash=of.address_hash, topic=topic, refused_at=clock.now()))
            ledger.note(session, "mail.refused", of.address_hash, born="", code=topic)
    except IntegrityError:
        pass  # said twice at once


def accept(of: Refuser) -> None:
    """Send messages about the topic again, whether it alone was refused or all were; other topics stay refused.

    Raises `TooManyAttempts` for whoever says so and takes it back all day.
    """
    if not refused(of):
        return
    limits.count_choice(of.address_hash)
    with transaction() as session:
        session.execute(
            delete(NoticeRefusal).where(
                NoticeRefusal.address_hash == of.address_hash, NoticeRefusal.topic.in_((of.topic, ALL))
            )
        )
        ledger.note(session, "mail.accepted", of.address_hash, born="", code=of.topic)


def refuser_of(address: str, topic: Topic) -> Refuser:
    """As the link of a message to the address says it: for whoever has signed in and has the address."""
    return Refuser(_hash_of(address), topic.name)


def topic_of(of: Refuser) -> Topic | None:
    """What the message was about, in words; None for one about all, or about what no feature writes of any more."""
    return topic_named(of.topic)
