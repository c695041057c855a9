"""Tables of personal cards: batches, cards, and sheets that are about to be printed."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.cards.rules import LONGEST_HANDED_OUT_BY, LONGEST_PURPOSE, MOST_CARDS, Reason
from cdv_civic.core.db import Model


class CardBatch(Model):
    """Cards printed together for a quartier; the card that replaces a lost one is a batch of its own."""

    __tablename__ = "card_batch"
    __table_args__ = (
        CheckConstraint(f"quantity BETWEEN 1 AND {MOST_CARDS}", name="quantity"),
        CheckConstraint(f"length(purpose) <= {LONGEST_PURPOSE}", name="purpose"),
        CheckConstraint(f"length(handed_out_by) <= {LONGEST_HANDED_OUT_BY}", name="handed_out_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quartier_id: Mapped[int] = mapped_column(ForeignKey("quartier.id"), index=True)
    #: The body that hands them out, where one does.
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"), index=True)
    #: What they are for: « Vote du budget participatif 2027 ».
    purpose: Mapped[str]
    quantity: Mapped[int]
    #: The last day on which they open anything.
    expires_on: Mapped[date]
    #: A role or an organisation, not a person's name: it is printed as whom to ask.
    handed_out_by: Mapped[str]
    #: Tags of the languages printed on them, in order.
    languages: Mapped[list[str]]
    #: One card that stands for another; not listed among the batches.
    replacement: Mapped[bool]
    #: None: from the command line, or an account that is gone.
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    #: From then on none of them opens anything.
    closed_at: Mapped[datetime | None]
    #: In which role somebody closed it: what holders are told.
    closed_role: Mapped[str | None]


class Card(Model):
    """One card. Its code is not kept: a slow hash is, by which it is found."""

    __tablename__ = "card"
    __table_args__ = (
        UniqueConstraint("batch_id", "position"),
        CheckConstraint(
            "revoked_reason IN ({})".format(", ".join(f"'{reason.value}'" for reason in Reason)),
            name="revoked_reason",
        ),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name="revoked"),
        CheckConstraint("revoked_by IS NULL OR revoked_at IS NOT NULL", name="revoked_by"),
        # How many cards somebody closed today.
        Index("ix_card_closings", "revoked_by", "revoked_at"),
        # An account is opened by one card at a time.
        Index(
            "uq_card_of_account",
            "account_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("card_batch.id"))
    #: From 1 on: the order of printing.
    position: Mapped[int]
    #: The number printed small, as `rules.new_serial` makes it; "12-007" on cards printed before there were such.
    serial: Mapped[str] = mapped_column(unique=True)
    #: See `cards.hashes`.
    code_hash: Mapped[str] = mapped_column(unique=True)
    #: The account that it opens, made at its first use.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    #: No finer than the day.
    first_used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None]
    #: Who closed it; None: the command line, its own holder, or an account that is gone.
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    #: In which role: what the holder is told.
    revoked_role: Mapped[str | None]
    #: Who last had a code sent to the holder, and when: it counts among the cards of a day.
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime | None]
    #: The card of the same person that came after. Whether it opens the same space or a new one: whoever asks for
    #: one voice for each person asks `queries.accounts_of_one_person`.
    replaced_by: Mapped[int | None] = mapped_column(ForeignKey("card.id"), unique=True)


class CardSheet(Model):
    """The codes of a batch while they are made and printed, sealed for the browser that prints (`cards.sealing`)."""

    __tablename__ = "card_sheet"

    batch_id: Mapped[int] = mapped_column(ForeignKey("card_batch.id", ondelete="CASCADE"), primary_key=True)
    #: Seals, and opens nothing: its private half is in that browser alone.
    public_key: Mapped[str]
    #: A line for each step in which cards were made; empty at first.
    sealed: Mapped[str]
    #: From then on it is gone, whatever the browser holds: an hour after the last card, or after the order.
    erase_at: Mapped[datetime] = mapped_column(index=True)
