"""The tables of the outbox, and of addresses that want no messages about a topic."""

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, and_, text
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model
from cdv_civic.notices.rules import NoticeState

_STATES = ", ".join(f"'{state}'" for state in NoticeState)
_WAITING = "sent_at IS NULL AND failed_at IS NULL"
_FAILED = "failed_at IS NOT NULL"


class Notice(Model):
    """A message on its way to one person: a mail, or a text message (SMS), which has neither subject nor HTML.

    It is not over until `sent_at` or `failed_at` is set, never both.
    """

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("kind IN ('email', 'sms')", name="kind"),
        CheckConstraint("sent_at IS NULL OR failed_at IS NULL", name="one_end"),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        CheckConstraint("state <> 'failed' OR failed_at IS NOT NULL", name="failed"),
        CheckConstraint("failed_at IS NULL OR state IN ('failed', 'unknown')", name="ended_unsent"),
        CheckConstraint(
            "state NOT IN ('claimed', 'sending') OR (attempt_id IS NOT NULL AND claimed_at IS NOT NULL)",
            name="attempt",
        ),
        # Those that were given up are few among all that ever left.
        Index("ix_notice_failed_at", "failed_at", sqlite_where=text(_FAILED), postgresql_where=text(_FAILED)),
        Index("ix_notice_waiting", "due_at", sqlite_where=text(_WAITING), postgresql_where=text(_WAITING)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    #: Random; the left part of the Message-ID, and the gateway's idempotency key: one that left twice is seen as one.
    key: Mapped[str] = mapped_column(unique=True)
    #: A folded e-mail address, or a number as E.164; None once the message is erased. Never in logs.
    recipient: Mapped[str | None]
    subject: Mapped[str]
    #: Both bodies are None once the message is erased.
    text_body: Mapped[str | None]
    html_body: Mapped[str | None]
    #: Name of what it is about (`notices.topics`); None for an answer to what its reader just asked for.
    topic: Mapped[str | None]
    #: What it announces, such as "meeting:12:…": it is withdrawn where that is not so any more.
    about: Mapped[str | None] = mapped_column(index=True)
    #: Where the reader says that such messages are not wanted; None for what cannot be refused.
    unsubscribe_url: Mapped[str | None]
    #: Tag of the language it is written in.
    language: Mapped[str]
    #: The contract whose administrators see it where it could not leave; None: those of the whole site alone.
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    created_at: Mapped[datetime]
    #: A value of `rules.NoticeState`.
    state: Mapped[str] = mapped_column(default=NoticeState.WAITING.value)
    #: Somebody waits for it at a sign-in page (`rules.is_urgent`): it has a queue of its own.
    urgent: Mapped[bool] = mapped_column(default=False)
    #: When it may be tried (again); the database's clock, as are all moments below but `useful_until`.
    due_at: Mapped[datetime]
    #: It holds a link that ends then: it is not sent later, and its bodies are erased as soon as it has left.
    useful_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    #: Names the last attempt: only who knows it writes how that ended.
    attempt_id: Mapped[str | None]
    #: Who makes or made that attempt (`queues.Queue.senders`), and since when.
    sender: Mapped[str | None]
    claimed_at: Mapped[datetime | None]
    #: Attempts of which nobody knows whether the message left.
    unknown_attempts: Mapped[int] = mapped_column(default=0)
    #: Since when attempts fail for a reason that would hold other messages up too.
    blocked_since: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    #: Nothing is tried any more: it was given up, or may have left (`unknown`). Administrators see it.
    failed_at: Mapped[datetime | None]
    #: Kind of the last error and the server's number, never its words: they may name people.
    last_error: Mapped[str | None]


#: The condition that a message is not over: what every question asks first, so that the index finds it.
NOT_OVER: Final = and_(Notice.sent_at.is_(None), Notice.failed_at.is_(None))


class NoticeRefusal(Model):
    """An address that wants no messages about a topic, or none that can be refused. Only its hash is kept."""

    __tablename__ = "notice_refusal"

    #: Of an e-mail or a number, under SECRET_KEY.
    address_hash: Mapped[str] = mapped_column(primary_key=True)
    #: The name of a topic, or `topics.ALL`.
    topic: Mapped[str] = mapped_column(primary_key=True)
    refused_at: Mapped[datetime]
