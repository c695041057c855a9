"""The tables of the outbox, and of addresses that want no more news."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model

_WAITING = "sent_at IS NULL AND failed_at IS NULL"


class Notice(Model):
    """A message on its way to one person: a mail, or a text message (SMS), which has neither subject nor HTML.

    It waits until `sent_at` or `failed_at` is set, never both.
    """

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("kind IN ('email', 'sms')", name="kind"),
        CheckConstraint("sent_at IS NULL OR failed_at IS NULL", name="one_end"),
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
    #: Where the reader says that such messages are not wanted; None for an answer to what they just asked for.
    unsubscribe_url: Mapped[str | None]
    #: Tag of the language it is written in.
    language: Mapped[str]
    created_at: Mapped[datetime]
    #: When it may be tried (again).
    due_at: Mapped[datetime]
    #: It holds a link that ends then: it is not sent later, and its bodies are erased as soon as it has left.
    useful_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    #: It waits for a person to say whether it leaves: a restore brought it back.
    held_at: Mapped[datetime | None]
    #: It was given up: administrators see it.
    failed_at: Mapped[datetime | None]
    #: Kind of the last error and the server's number, never its words: they may name people.
    last_error: Mapped[str | None]


class MailRefusal(Model):
    """An address that wants no messages but those it asks for. Only its hash is kept, under SECRET_KEY."""

    __tablename__ = "mail_refusal"

    address_hash: Mapped[str] = mapped_column(primary_key=True)
    refused_at: Mapped[datetime]
