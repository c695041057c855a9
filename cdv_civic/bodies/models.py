"""Tables of the life of the bodies. What a body is and where is `territory.Body`, which contract packs bring."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.bodies.rules import KINDS, STATES
from cdv_civic.core.db import Model
from cdv_civic.territory.models import one_of


class BodyLife(Model):
    """What staff say of a body; a body of which nothing was said has no row."""

    __tablename__ = "body_life"
    __table_args__ = (one_of("state", STATES),)

    body_id: Mapped[int] = mapped_column(ForeignKey("body.id", ondelete="CASCADE"), primary_key=True)
    #: None: nobody has said.
    state: Mapped[str | None]
    #: How to reach it, how to join it.
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    joining_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: Raised by each change: two people at the same form do not overwrite each other.
    version: Mapped[int]


class Meeting(Model):
    """A meeting or a permanence: one day, or every day that its recurrence gives."""

    __tablename__ = "meeting"
    __table_args__ = (
        one_of("kind", KINDS),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("second_ends_at > second_starts_at", name="second_ends_after_it_starts"),
        CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_reason_id IS NULL)", name="cancelled_with_a_reason"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id", ondelete="CASCADE"), index=True)
    #: Random: its name in calendars, and what makes a form sent twice act once.
    uid: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    title_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    sentence_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: UTC, of the first day.
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    #: The same event once more on the same day, most often in the evening.
    second_starts_at: Mapped[datetime | None]
    second_ends_at: Mapped[datetime | None]
    #: An address, or « pied d’immeuble, 12 rue… ».
    place: Mapped[str | None]
    #: See `rules.Recurrence`; None: once.
    recurrence: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    childcare: Mapped[bool]
    step_free: Mapped[bool]
    #: Somebody translates for those who ask.
    interpreter: Mapped[bool]
    #: Tags of the languages spoken there.
    spoken: Mapped[list[str]]
    cancelled_at: Mapped[datetime | None]
    cancelled_reason_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: Raised by each change, as calendars want it (RFC 5545, SEQUENCE).
    sequence: Mapped[int]
    changed_at: Mapped[datetime]
