"""Things that a step asks to comment, and what residents say of them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.consultations.kinds.comments.rules import LONGEST_COMMENT, SUBJECT_KINDS
from cdv_civic.core.db import Model
from cdv_civic.territory.models import one_of


class CommentStep(Model):
    """What is set of a step of comments; none: nothing yet, and a moderator reads comments before others do."""

    __tablename__ = "consultation_comment_step"
    __table_args__ = (
        ForeignKeyConstraint(
            ["step_id", "consultation_id"],
            ["consultation_step.id", "consultation_step.consultation_id"],
            name="fk_consultation_comment_step_step",
            ondelete="CASCADE",
        ),
        CheckConstraint("embargo_until IS NULL OR title_id IS NOT NULL", name="embargo_of_a_document"),
        CheckConstraint("NOT sensitive OR read_before", name="sensitive_is_read_before"),
        Index("ix_consultation_comment_step_consultation", "consultation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    step_id: Mapped[int] = mapped_column(unique=True)
    consultation_id: Mapped[int]
    #: The title of the document whose passages are commented; None: there is no document.
    title_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: UTC: before it the step is for insiders alone (`reach.is_insider`); None: for everybody.
    embargo_until: Mapped[datetime | None]
    #: Whether a comment waits for a moderator before others read it.
    read_before: Mapped[bool]
    #: Of violence, drugs, health…: always read before.
    sensitive: Mapped[bool]


class CommentedThing(Model):
    """What can be commented: a commitment, a figure of one, or a passage of the document of the step.

    What a page shows of the first two is read there and then: it says of which day it is.
    """

    __tablename__ = "consultation_commented"
    __table_args__ = (
        one_of("kind", SUBJECT_KINDS),
        ForeignKeyConstraint(
            ["step_id", "consultation_id"],
            ["consultation_step.id", "consultation_step.consultation_id"],
            name="fk_consultation_commented_step",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["consultation_id", "contract_id"],
            ["consultation.id", "consultation.contract_id"],
            name="fk_consultation_commented_consultation",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["commitment_id", "contract_id"],
            ["commitment.id", "commitment.contract_id"],
            name="fk_consultation_commented_commitment",
        ),
        CheckConstraint("(kind = 'passage') = (text_id IS NOT NULL)", name="passage_has_words"),
        CheckConstraint("(kind = 'passage') = (commitment_id IS NULL)", name="of_a_commitment"),
        CheckConstraint("(kind = 'chiffre') = (indicator_id IS NOT NULL)", name="figure_has_an_indicator"),
        UniqueConstraint("id", "consultation_id"),
        UniqueConstraint("step_id", "indicator_id"),
        # A commitment stands once in a step; its figures beside it, each once.
        Index(
            "uq_consultation_commented_commitment",
            "step_id",
            "commitment_id",
            unique=True,
            sqlite_where=text("kind = 'engagement'"),
            postgresql_where=text("kind = 'engagement'"),
        ),
        Index("ix_consultation_commented_order", "consultation_id", "step_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int]
    #: That of the consultation, and of the commitment.
    contract_id: Mapped[int]
    step_id: Mapped[int]
    position: Mapped[int]
    #: See `rules.SubjectKind`.
    kind: Mapped[str]
    #: The commitment, or the one that the figure is of.
    commitment_id: Mapped[int | None] = mapped_column(index=True)
    indicator_id: Mapped[int | None] = mapped_column(ForeignKey("indicator.id"), index=True)
    #: The words of the passage.
    text_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)


class Comment(Model):
    """What somebody said of one thing. What is public of it is told by the state of its case."""

    __tablename__ = "consultation_comment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["thing_id", "consultation_id"],
            ["consultation_commented.id", "consultation_commented.consultation_id"],
            name="fk_consultation_comment_thing",
            ondelete="CASCADE",
        ),
        CheckConstraint(f"length(words) <= {LONGEST_COMMENT}", name="words"),
        CheckConstraint(
            "(taken_back_at IS NOT NULL) = (words = '')"
            " AND (taken_back_at IS NOT NULL) = (same_words IS NULL)",
            name="words_until_taken_back",
        ),
        # The same words on the same thing are one comment, however often they are sent.
        UniqueConstraint("thing_id", "same_words"),
        Index("ix_consultation_comment_newest", "consultation_id", "thing_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int]
    thing_id: Mapped[int]
    #: Its case, with whoever wrote it, if an account did.
    case_id: Mapped[int] = mapped_column(ForeignKey("moderated_text.id"), unique=True)
    #: As they were written, in any language. Never in logs, never in the audit trail.
    words: Mapped[str]
    #: The language of the page on which it was written.
    lang: Mapped[str]
    #: SHA-256 of the words, folded; None once they are taken back.
    same_words: Mapped[str | None]
    received_at: Mapped[datetime]
    minor: Mapped[bool]
    #: SHA-256 of the form’s own random name and its words: sent twice, it is one row.
    client_key: Mapped[str] = mapped_column(unique=True)
    #: HMAC of the receipt that the person keeps.
    receipt_hash: Mapped[str] = mapped_column(unique=True)
    taken_back_at: Mapped[datetime | None]
    #: Raised by each change.
    version: Mapped[int]
