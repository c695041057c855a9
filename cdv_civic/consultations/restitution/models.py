"""Tables of the answer: the letter, its points, how many feel heard by it, and who was reminded to write it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.consultations.restitution.rules import FATES, HEARD
from cdv_civic.core.db import Model
from cdv_civic.territory.models import one_of


class Restitution(Model):
    """The answer to a consultation: a letter, from people named by their offices. A draft until it is published."""

    __tablename__ = "restitution"
    __table_args__ = (
        CheckConstraint("next_on IS NULL OR next_id IS NOT NULL", name="next_step_in_words"),
        CheckConstraint(
            "published_at IS NULL OR (said_id IS NOT NULL AND next_id IS NOT NULL AND signed_id IS NOT NULL)",
            name="published_complete",
        ),
        CheckConstraint("corrected_at IS NULL OR published_at IS NOT NULL", name="corrected_once_published"),
        CheckConstraint("told_at IS NULL OR published_at IS NOT NULL", name="told_once_published"),
        CheckConstraint("told_up_to >= 0", name="told_up_to"),
        CheckConstraint("version >= 1", name="version"),
    )

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), primary_key=True
    )
    #: « Vous avez dit », in a few sentences.
    said_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: « La suite », and the day of the meeting where it is told aloud, where there is one.
    next_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    next_on: Mapped[date | None]
    #: Who writes it: offices, never names of persons.
    signed_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    published_at: Mapped[datetime | None]
    #: When it was changed after residents could read it.
    corrected_at: Mapped[datetime | None]
    #: Accounts that answered and are told of it in the order of their ids: up to which, and when all of them were.
    told_up_to: Mapped[int]
    told_at: Mapped[datetime | None]
    #: Raised by each change: two people at the same form do not overwrite each other.
    version: Mapped[int]


class RestitutionPoint(Model):
    """One thing that was said, and what becomes of it."""

    __tablename__ = "restitution_point"
    __table_args__ = (
        one_of("fate", FATES),
        CheckConstraint("fate = 'retenu' OR reason_id IS NOT NULL", name="not_done_with_a_reason"),
        CheckConstraint("answers >= 1", name="answers"),
        Index("ix_restitution_point_order", "consultation_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("restitution.consultation_id", ondelete="CASCADE")
    )
    position: Mapped[int]
    said_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: How many answers said so, as its writers counted; residents read a round number. None: not counted.
    answers: Mapped[int | None]
    #: See `rules.Fate`.
    fate: Mapped[str]
    #: Why, and for what is done: by whom, when.
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)


class RestitutionHeard(Model):
    """How many people tapped on a day that they feel heard, in part, or not. Nothing of who they are."""

    __tablename__ = "restitution_heard"
    __table_args__ = (
        one_of("answer", HEARD),
        CheckConstraint("taps >= 1", name="taps"),
        {"sqlite_with_rowid": False},
    )

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("restitution.consultation_id", ondelete="CASCADE"), primary_key=True
    )
    #: Published from the next day on: nobody sees one tap arrive.
    day: Mapped[date] = mapped_column(primary_key=True)
    answer: Mapped[str] = mapped_column(primary_key=True)
    taps: Mapped[int]


class AnswerReminder(Model):
    """Those who make a consultation were reminded, so many days before its answer is due."""

    __tablename__ = "restitution_reminder"
    __table_args__ = (
        CheckConstraint("days_before >= 0", name="days_before"),
        {"sqlite_with_rowid": False},
    )

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), primary_key=True
    )
    #: Of this day: a consultation whose answer is put off is reminded of anew.
    due_on: Mapped[date] = mapped_column(primary_key=True)
    days_before: Mapped[int] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime]
