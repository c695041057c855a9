"""Tables of workshops. What their tables say are answers of the engine, whose speaker is a table."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model


class ConsultationWorkshop(Model):
    """A workshop: where, when, and how many people came. Numbers only: no list of names is kept."""

    __tablename__ = "consultation_workshop"
    __table_args__ = (
        CheckConstraint("present >= 1", name="present"),
        CheckConstraint("length(place) <= 200", name="place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), index=True
    )
    #: Random: a form sent twice makes one workshop.
    client_key: Mapped[str] = mapped_column(unique=True)
    held_on: Mapped[date]
    place: Mapped[str]
    #: People who came, also those who left before the tables spoke.
    present: Mapped[int]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    #: Raised by each change: two people at the same form do not overwrite each other.
    version: Mapped[int]


class ConsultationWorkshopTable(Model):
    """The number of the table whose answer it is."""

    __tablename__ = "consultation_workshop_table"
    __table_args__ = (
        UniqueConstraint("workshop_id", "number"),
        CheckConstraint("number >= 1", name="number"),
    )

    answer_id: Mapped[int] = mapped_column(
        ForeignKey("consultation_answer.id", ondelete="CASCADE"), primary_key=True
    )
    workshop_id: Mapped[int] = mapped_column(ForeignKey("consultation_workshop.id"))
    number: Mapped[int]
    #: Its sheet, photographed: private evidence with a retention of its own.
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), unique=True)
