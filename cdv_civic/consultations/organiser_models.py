"""Tables of what an organiser says of a consultation besides what it asks: whom it wants to reach, until when it is
prolonged, how its words are corrected, and who reads them aloud.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model
from cdv_civic.participation.rules.channels import CHANNELS
from cdv_civic.territory.models import one_of


class CorrectionState(StrEnum):
    """What became of a correction."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"


#: The tables whose texts can be corrected.
CORRECTED: Final = ("consultation", "consultation_step", "consultation_question", "consultation_option")


class ConsultationProlongation(Model):
    """A consultation whose calendar was moved after it was published, and why, as residents read it."""

    __tablename__ = "consultation_prolongation"
    __table_args__ = (
        CheckConstraint("closes_after >= closes_before", name="longer"),
        Index("ix_consultation_prolongation_order", "consultation_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    closes_before: Mapped[datetime]
    closes_after: Mapped[datetime]
    paper_before: Mapped[datetime | None]
    paper_after: Mapped[datetime | None]
    #: The day of the answer.
    due_before: Mapped[date]
    due_after: Mapped[date]
    reason_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)


class ConsultationCorrection(Model):
    """A text of a consultation that somebody has answered already: one person corrects it, another one agrees."""

    __tablename__ = "consultation_correction"
    __table_args__ = (
        one_of("owner_kind", CORRECTED),
        one_of("state", tuple(CorrectionState)),
        CheckConstraint("decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_at_a_moment"),
        Index("ix_consultation_correction_order", "consultation_id", "state", "id"),
        Index("ix_consultation_correction_waiting", "state", "proposed_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    #: The text, as `core.text_owners.TextOwner` names it.
    owner_kind: Mapped[str]
    owner_id: Mapped[int]
    field: Mapped[str]
    #: Language -> words, as they were when it was proposed, and as they are to be.
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: See `CorrectionState`.
    state: Mapped[str]
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)


class ConsultationPublic(Model):
    """People whom the organiser wants to reach, named beforehand, and by which way; nobody is asked who they are."""

    __tablename__ = "consultation_public"
    __table_args__ = (
        one_of("channel", CHANNELS),
        Index("ix_consultation_public_order", "consultation_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    position: Mapped[int]
    name_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    channel: Mapped[str]
    #: None: not said yet.
    reached: Mapped[bool | None]


class ConsultationRecording(Model):
    """A voice that reads a question in one language."""

    __tablename__ = "consultation_recording"
    __table_args__ = (
        ForeignKeyConstraint(
            ["question_id", "consultation_id"],
            ["consultation_question.id", "consultation_question.consultation_id"],
            name="fk_consultation_recording_question",
            ondelete="CASCADE",
        ),
        CheckConstraint("language <> ''", name="language"),
        UniqueConstraint("question_id", "language"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(index=True)
    question_id: Mapped[int]
    #: A tag of a language of the site, or of one that people speak (`core.i18n.spoken`).
    language: Mapped[str]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    #: SHA-256 of the form’s own random name: sent twice, it is one recording.
    client_key: Mapped[str] = mapped_column(unique=True)
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
