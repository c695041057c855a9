"""What becomes of the words of residents: of answers, read by staff as standing for an option or chosen to be
published; sentences that they add to a step."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model


class ConsultationCoding(Model):
    """What staff read in somebody’s words: an option that stands for it. Counted beside choices, never among them."""

    __tablename__ = "consultation_coding"

    words_id: Mapped[int] = mapped_column(
        ForeignKey("consultation_words.id", ondelete="CASCADE"), primary_key=True
    )
    option_id: Mapped[int] = mapped_column(ForeignKey("consultation_option.id"), primary_key=True, index=True)
    coded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)


class ConsultationVerbatim(Model):
    """A text of an answer that was chosen to be read by everybody, once a moderator has read it.

    Only of a question that said so before it was answered: the database knows no other. The row stays where its author
    took the text back, so that nobody chooses it again.
    """

    __tablename__ = "consultation_verbatim"
    __table_args__ = (
        CheckConstraint("may_publish", name="said_before"),
        ForeignKeyConstraint(
            ["words_id", "question_id"],
            ["consultation_words.id", "consultation_words.question_id"],
            name="fk_consultation_verbatim_words",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["question_id", "may_publish"],
            ["consultation_question.id", "consultation_question.may_publish"],
            name="fk_consultation_verbatim_question",
        ),
        Index("ix_consultation_verbatim_question", "question_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    words_id: Mapped[int] = mapped_column(unique=True)
    question_id: Mapped[int]
    #: That of its question, always true.
    may_publish: Mapped[bool]
    #: Its case, with whoever answered, if an account did.
    case_id: Mapped[int] = mapped_column(ForeignKey("moderated_text.id"), unique=True)
    #: Another person moderates it.
    chosen_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)


class ConsultationSentence(Model):
    """A sentence that a resident added. Once a moderator has published it, it is a question of its step."""

    __tablename__ = "consultation_sentence"
    __table_args__ = (
        CheckConstraint("length(words) <= 140", name="words"),
        ForeignKeyConstraint(
            ["step_id", "consultation_id"],
            ["consultation_step.id", "consultation_step.consultation_id"],
            name="fk_consultation_sentence_step",
            ondelete="CASCADE",
        ),
        Index("ix_consultation_sentence_step", "consultation_id", "step_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int]
    step_id: Mapped[int]
    #: Its case, with whoever wrote it, if an account did.
    case_id: Mapped[int] = mapped_column(ForeignKey("moderated_text.id"), unique=True)
    #: None: it was never asked.
    question_id: Mapped[int | None] = mapped_column(
        ForeignKey("consultation_question.id", ondelete="SET NULL"), unique=True
    )
    #: Never in logs, never in the audit trail.
    words: Mapped[str]
    #: The language it was written in.
    lang: Mapped[str]
    received_on: Mapped[date]
    #: SHA-256 of the form’s own random name and its words: sent twice, it is one row.
    client_key: Mapped[str] = mapped_column(unique=True)
    #: HMAC of the receipt that the person keeps.
    receipt_hash: Mapped[str] = mapped_column(unique=True)
