"""Tables of what accounts follow, how they want to hear of it, and what they were told."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model
from cdv_civic.notices.follows.rules import CHANNELS, RHYTHMS

_CHANNELS = ", ".join(f"'{each}'" for each in CHANNELS)
_RHYTHMS = ", ".join(f"'{each}'" for each in RHYTHMS)


class Follow(Model):
    """An account follows one thing, such as a quartier."""

    __tablename__ = "follow"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    #: The name of a kind that a feature registered (`follows.kinds`).
    kind: Mapped[str] = mapped_column(primary_key=True)
    #: The id of what is followed, in the table that the kind says.
    target_id: Mapped[int] = mapped_column(primary_key=True)
    #: What happened before is not told.
    followed_at: Mapped[datetime]


class NewsChoice(Model):
    """How an account hears of what it follows. There is one for each account that has followed something."""

    __tablename__ = "news_choice"
    __table_args__ = (
        CheckConstraint(f"channel IN ({_CHANNELS})", name="channel"),
        CheckConstraint(f"rhythm IN ({_RHYTHMS})", name="rhythm"),
        CheckConstraint("channel <> 'sms' OR rhythm = 'weekly'", name="texts_are_rare"),
        Index("ix_news_choice_due", "channel", "rhythm", "told_until"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str]
    rhythm: Mapped[str]
    #: Tag of the language that it is written in.
    language: Mapped[str]
    #: All that happened until then has been told, or was before the person followed it.
    told_until: Mapped[datetime]


class Digest(Model):
    """A digest that was written for an account: one for each period, whatever is cut off and begun again."""

    __tablename__ = "digest"
    __table_args__ = (CheckConstraint("told > 0", name="told"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    #: The day on which its period ended, where the territory lives.
    period: Mapped[date] = mapped_column(primary_key=True, index=True)
    #: How many things it told of.
    told: Mapped[int]


class Reminder(Model):
    """An account was reminded of a date: once."""

    __tablename__ = "reminder"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    #: What, when and where, as `Notice.about` says it: a date at another hour or place is another one.
    about: Mapped[str] = mapped_column(primary_key=True)
    #: The day of the date, where the territory lives.
    day: Mapped[date] = mapped_column(index=True)
    #: The message, while its row is there.
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id", ondelete="SET NULL"), index=True)
