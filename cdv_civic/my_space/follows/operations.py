"""What a person refuses of the messages of the site, or takes again, once they have signed in."""

from sqlalchemy import select

from cdv_civic.accounts.models import Account
from cdv_civic.core.db import db
from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.notices import refusals
from cdv_civic.notices.follows import operations as follows
from cdv_civic.notices.follows.rules import NewsChannel
from cdv_civic.notices.follows.topics import NEWS
from cdv_civic.notices.topics import Topic, topic_named


def choose_news(actor: Actor, channel: str, rhythm: str, language: str) -> None:
    """Say how one wants to hear of what one follows: whoever asks for messages takes those back that were refused.

    Raises `DomainError`, as `notices.follows.operations.choose_news`.
    """
    follows.choose_news(actor, channel, rhythm, language)
    if channel != NewsChannel.NONE:
        choose_topic(actor, NEWS.name, wanted=True)


def _addresses(account_id: int | None) -> list[str]:
    row = db.session.execute(select(Account.email, Account.phone).where(Account.id == account_id)).first()
    return [address for address in (row or ()) if address]


def choose_topic(actor: Actor, name: str, *, wanted: bool) -> Topic:
    """Refuse a topic for all addresses of one's account, or take it again; the topic.

    Raises `NotFound` for one that nobody can refuse.
    """
    require(actor, "account.self")
    topic = topic_named(name)
    if topic is None or not topic.refusable:
        raise NotFound(_l("Ces messages ne se refusent pas."))
    for address in _addresses(actor.actor_id):
        of = refusals.refuser_of(address, topic)
        if wanted:
            refusals.accept(of)
        else:
            refusals.refuse(of, topic.name)
    return topic
