"""What pages and feeds read of what people follow."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from sqlalchemy import select

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.notices.follows import kinds
from cdv_civic.notices.follows.kinds import FollowKind, NewsEvent, Target
from cdv_civic.notices.follows.models import Follow, NewsChoice
from cdv_civic.notices.follows.rules import LONGEST_LOOK_BACK, Thing, told

#: Events of a feed, and on one's own page.
MOST_IN_A_FEED: Final = 50
MOST_ON_A_PAGE: Final = 10
#: How far a feed looks back.
FEED_LOOKS_BACK: Final = timedelta(days=366)


@dataclass(frozen=True)
class Followed:
    """Something that an account follows; without a target, nobody may see it any more."""

    target_id: int
    target: Target | None
    followed_at: datetime


@dataclass(frozen=True)
class FollowedOfAKind:
    """All of one kind that an account follows, the newest first."""

    kind: FollowKind
    rows: Sequence[Followed]


def follows_of(account_id: int) -> dict[Thing, datetime]:
    """What an account follows, and since when. 1 statement."""
    rows = db.session.execute(
        select(Follow.kind, Follow.target_id, Follow.followed_at).where(Follow.account_id == account_id)
    )
    return {(kind, target_id): at for kind, target_id, at in rows}


def followed_by(account_id: int, language: str) -> list[FollowedOfAKind]:
    """What an account follows, as its page shows it. 1 statement, and one for each kind of it."""
    follows = follows_of(account_id)
    found = []
    for kind in kinds.kinds():
        own = {target_id: at for (name, target_id), at in follows.items() if name == kind.name}
        if own:
            targets = kind.describe(own.keys(), language)
            newest = sorted(own.items(), key=lambda one: one[1], reverse=True)
            rows = [Followed(target_id, targets.get(target_id), at) for target_id, at in newest]
            found.append(FollowedOfAKind(kind, rows))
    return found


def is_followed(account_id: int, kind: str, target_id: int) -> bool:
    """Whether an account follows something. 1 statement."""
    statement = select(Follow.account_id).where(
        Follow.account_id == account_id, Follow.kind == kind, Follow.target_id == target_id
    )
    return db.session.execute(statement).first() is not None


def choice_of(account_id: int) -> NewsChoice | None:
    """How an account hears of what it follows; None where it has never followed anything. 1 statement."""
    return db.session.execute(
        select(NewsChoice)
        .where(NewsChoice.account_id == account_id)
        .execution_options(populate_existing=True)
    ).scalar()


def by_kind(things: Iterable[Thing]) -> Mapping[str, Collection[int]]:
    """The ids of some things by their kind."""
    ids: dict[str, set[int]] = defaultdict(set)
    for kind, target_id in things:
        ids[kind].add(target_id)
    return ids


def latest_of(account_id: int, language: str) -> list[NewsEvent]:
    """The newest of all that happened to what an account follows. 1 statement, and those of the providers."""
    return latest_about(follows_of(account_id).keys(), language, MOST_ON_A_PAGE)


def latest_about(things: Collection[Thing], language: str, most: int) -> list[NewsEvent]:
    """The newest of all that happened to some things, so many at most. The statements of the providers."""
    if not things:
        return []
    now = clock.now()
    found = kinds.news(by_kind(things), now - LONGEST_LOOK_BACK, now, language, most)
    always = dict.fromkeys(things, now - LONGEST_LOOK_BACK)
    return told(found, always, now - LONGEST_LOOK_BACK, now)


def target_at(kind: FollowKind, reference: str, language: str) -> Target | None:
    """What a reference stands for, where anybody may see it. 2 statements."""
    target_id = kind.find(reference)
    return None if target_id is None else kind.describe([target_id], language).get(target_id)


def feed_of(kind: FollowKind, target: Target, language: str) -> list[NewsEvent]:
    """The newest events of one thing, of a year. The statements of the providers."""
    # To the end of the day: a feed that was made once is the same until something is published, or the day ends.
    until = datetime.combine(clock.today() + timedelta(days=1), time(), UTC)
    return kinds.news({kind.name: [target.id]}, until - FEED_LOOKS_BACK, until, language, MOST_IN_A_FEED)
