"""How much came in: of how much everybody reads, by each channel, and what somebody typed in today."""

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import func, select

from cdv_civic.core import clock
from cdv_civic.core.db import db, rows_of
from cdv_civic.ideas.models import Idea
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.queries.public import is_public
from cdv_civic.moderation.rules.decisions import TextState
from cdv_civic.participation.rules.channels import Channel, counted_as
from cdv_civic.participation.wording import CHANNEL_WORDS
from cdv_civic.territory.vocabulary import CodedTerm


@dataclass(frozen=True)
class CountedIdeas:
    """Ideas of a box."""

    #: Those that were taken back too: they came.
    received: int
    public: int


def counted_ideas(box_id: int) -> CountedIdeas:
    """The ideas of a box, counted; 1 statement."""
    row = rows_of(
        select(func.count(Idea.id), func.count(Idea.id).filter(is_public()))
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .where(Idea.box_id == box_id)
    ).one()
    return CountedIdeas(*row)


def waiting_ideas(box_id: int) -> int:
    """How many ideas of a box nobody reads before a moderator has; 1 statement."""
    return db.session.execute(
        select(func.count(Idea.id))
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .where(Idea.box_id == box_id, ModeratedText.state == TextState.WAITING.value)
    ).scalar_one()


@dataclass(frozen=True)
class ChannelCount:
    """How many ideas of a box came by a channel."""

    channel: CodedTerm
    ideas: int
    #: Of these, those that a relais wrote for somebody.
    relayed: int


def channels_of_box(box_id: int) -> list[ChannelCount]:
    """The ideas of a box by the channels that counts are published by, the most first, those taken back left out;
    1 statement."""
    rows = rows_of(
        select(
            Idea.channel,
            func.count(Idea.id).label("ideas"),
            func.count(Idea.consent_id).label("relayed"),
        )
        .where(Idea.box_id == box_id, Idea.taken_back_at.is_(None))
        .group_by(Idea.channel)
    )
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        code = counted_as(Channel(row.channel)).value
        ideas, relayed = found.get(code, (0, 0))
        found[code] = (ideas + row.ideas, relayed + row.relayed)
    counts = [ChannelCount(CHANNEL_WORDS[code], *much) for code, much in found.items()]
    return sorted(counts, key=lambda each: (-each.ideas, each.channel.code))


def entered_today(account_id: int, box_id: int | None = None) -> int:
    """How many ideas somebody wrote down since midnight, for one box or (None) all; 1 statement."""
    midnight = datetime.combine(clock.today(), time.min, clock.zone())
    statement = select(func.count(Idea.id)).where(Idea.entered_by == account_id, Idea.received_at >= midnight)
    if box_id is not None:
        statement = statement.where(Idea.box_id == box_id)
    return int(rows_of(statement).scalar_one())
