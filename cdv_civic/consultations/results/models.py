"""What was published of answers: each version as it was built, for good; and, apart, what it was built from."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model


class ConsultationPublication(Model):
    """The results of a consultation as they were published at a moment. Nothing changes such a row."""

    __tablename__ = "consultation_publication"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(version = 1) = (note IS NULL)", name="corrected_with_a_note"),
        UniqueConstraint("consultation_id", "version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    #: From 1; each one after it corrects the one before.
    version: Mapped[int]
    published_at: Mapped[datetime]
    #: The tables, as `results.publication` writes them: ids and counts, no words.
    content: Mapped[dict[str, Any]]
    #: What came of it: whether there are tables, or too few answers for any.
    outcome: Mapped[str]
    #: What was corrected and why, for everybody, as staff wrote it.
    note: Mapped[str | None]


class ConsultationTally(Model):
    """The exact counts that a version was built from: for the organiser, and for the versions that correct it.

    There is none where the answers that are here are not those of its figures, after a restore: these stay then.
    """

    __tablename__ = "consultation_tally"

    publication_id: Mapped[int] = mapped_column(
        ForeignKey("consultation_publication.id", ondelete="CASCADE"), primary_key=True
    )
    #: As `results.counts.as_content` writes it.
    content: Mapped[dict[str, Any]]
