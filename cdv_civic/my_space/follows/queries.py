"""What a person's own page of follows shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from cdv_civic.accounts.models import Account
from cdv_civic.core.db import db
from cdv_civic.core.policy.decisions import may
from cdv_civic.core.policy.model import Actor
from cdv_civic.notices.follows.kinds import NewsEvent
from cdv_civic.notices.follows.models import NewsChoice
from cdv_civic.notices.follows.queries import FollowedOfAKind, choice_of, followed_by, latest_of
from cdv_civic.notices.follows.topics import NEWS
from cdv_civic.notices.refusals import refused_names
from cdv_civic.notices.topics import ALL, Topic, topics


@dataclass(frozen=True)
class TopicLine:
    """What the site writes about, and whether this person gets it."""

    topic: Topic
    refused: bool


@dataclass(frozen=True)
class MyFollows:
    """All of one's follows, and how one hears of them."""

    followed: Sequence[FollowedOfAKind]
    latest: Sequence[NewsEvent]
    choice: NewsChoice | None
    email: bool
    phone: bool
    topics: Sequence[TopicLine]

    @property
    def news_refused(self) -> bool:
        """Whether no message about news leaves, whatever was chosen before."""
        return any(line.refused for line in self.topics if line.topic.name == NEWS.name)


def my_follows(actor: Actor, account_id: int, language: str) -> MyFollows:
    """The page of follows. 5 statements, one for each kind that is followed, and those of the news."""
    row = db.session.execute(select(Account.email, Account.phone).where(Account.id == account_id)).one()
    addresses = [address for address in row if address]
    refused = frozenset[str]().union(*(refused_names(db.session(), address) for address in addresses))
    return MyFollows(
        followed_by(account_id, language),
        latest_of(account_id, language),
        choice_of(account_id),
        row.email is not None,
        row.phone is not None,
        [
            TopicLine(topic, topic.refusable and bool(refused & {topic.name, ALL}))
            for topic in topics()
            if addresses and may(actor, topic.action)
        ],
    )
