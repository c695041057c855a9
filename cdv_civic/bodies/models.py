"""Tables of the life of the bodies. What a body is and where is `territory.Body`, which contract packs bring."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.bodies.rules import EXCEPTIONS, KINDS, PUBLICATION_KINDS, STATES, Slot
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
    client_key: Mapped[str] = mapped_column(unique=True)
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
    #: When its hours, its place or its dates changed last: what followers are told. Words change without it.
    told_at: Mapped[datetime]


class MeetingException(Model):
    """What was decided of one date of a series: cancelled, moved, or taken back (calendars must hear of that too)."""

    __tablename__ = "meeting_exception"
    __table_args__ = (
        one_of("state", EXCEPTIONS),
        CheckConstraint("(state = 'moved') = (starts_at IS NOT NULL)", name="moved_to_an_hour"),
        CheckConstraint("(state = 'restored') = (reason_id IS NULL)", name="with_a_reason"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("second_ends_at > second_starts_at", name="second_ends_after_it_starts"),
    )

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True)
    #: The day that the series gives, where the territory lives.
    day: Mapped[date] = mapped_column(primary_key=True)
    state: Mapped[str]
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: UTC, of a date that is moved: as many slots as the meeting has.
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    second_starts_at: Mapped[datetime | None]
    second_ends_at: Mapped[datetime | None]
    #: Of a date that is moved to another place; None: the meeting's own.
    place: Mapped[str | None]
    changed_at: Mapped[datetime]


def slots_in(row: Meeting | MeetingException) -> tuple[Slot, ...]:
    """The slots of a meeting's first day, or those that one date was moved to (none where it was not)."""
    if row.starts_at is None:
        return ()
    first = Slot(row.starts_at, row.ends_at)
    if row.second_starts_at is None:
        return (first,)
    return (first, Slot(row.second_starts_at, row.second_ends_at))


class Attendance(Model):
    """How many people came on one date. Numbers only: no list of names is kept."""

    __tablename__ = "meeting_attendance"
    __table_args__ = (
        CheckConstraint("present >= 0", name="present"),
        CheckConstraint("first_time >= 0 AND first_time <= present", name="first_time_among_present"),
    )

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True)
    #: The day that the series gives, where the territory lives.
    day: Mapped[date] = mapped_column(primary_key=True)
    present: Mapped[int]
    #: Of these, who came for the first time. None: nobody counted.
    first_time: Mapped[int | None]
    #: From 1, raised by each correction.
    version: Mapped[int]
    entered_at: Mapped[datetime]


class BodyPublication(Model):
    """What a body makes known: before or after one date of a meeting, or on its own. Never deleted."""

    __tablename__ = "body_publication"
    __table_args__ = (
        one_of("kind", PUBLICATION_KINDS),
        CheckConstraint(
            "(kind IN ('ordre_du_jour', 'compte_rendu')) = (meeting_id IS NOT NULL)", name="of_a_meeting"
        ),
        CheckConstraint("(meeting_id IS NULL) = (meeting_day IS NULL)", name="of_a_date"),
        CheckConstraint("(meeting_id IS NULL) = (title_id IS NOT NULL)", name="title_of_its_own"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason_id IS NULL)", name="withdrawn_with_a_reason"
        ),
        UniqueConstraint("body_id", "client_key"),
        Index("ix_body_publication_newest", "body_id", "said_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id", ondelete="CASCADE"))
    kind: Mapped[str]
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), index=True)
    #: The day that the series gives, where the territory lives.
    meeting_day: Mapped[date | None]
    #: None: it is called after its meeting.
    title_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: In plain words: nothing is published without.
    summary_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: Its date as readers see it; that of the meeting where it belongs to one.
    said_on: Mapped[date]
    #: Made by the form: a form sent twice publishes once.
    client_key: Mapped[str]
    published_at: Mapped[datetime]
    #: From 1, raised by each change.
    version: Mapped[int]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)


class Decision(Model):
    """One thing that a meeting decided."""

    __tablename__ = "body_decision"
    __table_args__ = (UniqueConstraint("publication_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("body_publication.id", ondelete="CASCADE"))
    position: Mapped[int]
    sentence_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: Who does it, as written.
    who: Mapped[str | None]
    #: By when.
    by_day: Mapped[date | None]


class PublicationFile(Model):
    """A photo or a document of a publication. One that was a mistake is hidden, not deleted."""

    __tablename__ = "body_publication_file"
    __table_args__ = (UniqueConstraint("publication_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("body_publication.id", ondelete="CASCADE"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    #: The name of the document, or what the photo shows.
    caption_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    position: Mapped[int]
    hidden_at: Mapped[datetime | None]
