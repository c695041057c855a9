"""Tables of sheets of paper: the batches that were printed, what waits to be typed a second time, and the evidence."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.consultations.paper.rules.numbers import MOST_AT_ONCE, VOID_REASONS
from cdv_civic.core.db import Model
from cdv_civic.territory.models import one_of


class ConsultationSheetBatch(Model):
    """Sheets that were printed together, each with a number of its own.

    No number is printed twice: each batch begins where the one before it ends, and no two name the same one before.
    """

    __tablename__ = "consultation_sheet_batch"
    __table_args__ = (
        CheckConstraint("first = COALESCE(after, 0) + 1", name="follows"),
        CheckConstraint(f"last >= first AND last - first < {MOST_AT_ONCE}", name="size"),
        UniqueConstraint("consultation_id", "first"),
        UniqueConstraint("consultation_id", "last"),
        UniqueConstraint("client_key"),
        ForeignKeyConstraint(
            ["consultation_id", "after"],
            ["consultation_sheet_batch.consultation_id", "consultation_sheet_batch.last"],
            name="fk_consultation_sheet_batch_after",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    #: The last number of the batch before; None: this is the first one.
    after: Mapped[int | None]
    first: Mapped[int]
    last: Mapped[int]
    #: Tags of the languages on each sheet, in their order.
    languages: Mapped[list[str]]
    printed_at: Mapped[datetime]
    printed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    #: SHA-256 of the form’s own random name: sent twice, it is one batch.
    client_key: Mapped[str]


class ConsultationVoidSheet(Model):
    """A sheet that is not counted, and that nobody has to look for."""

    __tablename__ = "consultation_void_sheet"
    __table_args__ = (
        one_of("reason", VOID_REASONS),
        CheckConstraint("number >= 1", name="number"),
        {"sqlite_with_rowid": False},
    )

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str]
    voided_at: Mapped[datetime]
    voided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)


class ConsultationSheetEntry(Model):
    """What somebody typed of a sheet that two people type: one waits for the second person, two differ.

    Erased once the answer is kept.
    """

    __tablename__ = "consultation_sheet_entry"
    __table_args__ = (
        CheckConstraint("place IN (1, 2)", name="place"),
        CheckConstraint("sheet_number >= 1", name="sheet_number"),
        UniqueConstraint(
            "consultation_id", "sheet_number", "place", name="uq_consultation_sheet_entry_place"
        ),
        UniqueConstraint(
            "consultation_id", "sheet_number", "entered_by", name="uq_consultation_sheet_entry_person"
        ),
        UniqueConstraint("client_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    sheet_number: Mapped[int]
    #: 1: who typed it first; 2: who typed something else.
    place: Mapped[int]
    #: See `rules.entries`: what residents answered, their words too.
    content: Mapped[dict[str, Any]]
    lang: Mapped[str]
    entered_at: Mapped[datetime]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    client_key: Mapped[str]


class ConsultationEvidence(Model):
    """The photo or the scan of a sheet. Never published."""

    __tablename__ = "consultation_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), index=True
    )
    sheet_number: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
