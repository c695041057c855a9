"""Tables of moderation: the case of each text, what was decided and why, reports, appeals, charters and hints.

The words of a text lie with the feature that it belongs to: a `ModeratedText` is its case, which that feature's row
points to. What is public of a text is told by the state of its case alone.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model
from cdv_civic.moderation.rules.appeals import OUTCOMES, REPORT_REASONS, SIDES
from cdv_civic.moderation.rules.decisions import ACTS, LEGAL_GROUNDS, SOURCES, STATES
from cdv_civic.moderation.rules.hints import HINT_KINDS
from cdv_civic.territory.models import one_of


class Charter(Model):
    """What a body (or, with none, the staff of a contract) asks of whoever writes, and how it moderates (art. 14)."""

    __tablename__ = "charter"
    __table_args__ = (
        CheckConstraint("read_within_hours >= 1", name="read_within_hours"),
        CheckConstraint("appeals_body_id <> body_id", name="appeals_elsewhere"),
        # One of the staff of a contract; the unique `body_id` lets any number be without a body.
        Index(
            "ix_charter_of_staff",
            "contract_id",
            unique=True,
            sqlite_where=text("body_id IS NULL"),
            postgresql_where=text("body_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id", ondelete="CASCADE"), index=True)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id", ondelete="CASCADE"), unique=True)
    #: Whether texts wait for a moderator before others read them.
    read_before: Mapped[bool]
    read_within_hours: Mapped[int]
    #: Whose moderators decide on appeals where a body has one alone; None: the staff of the contract.
    appeals_body_id: Mapped[int | None] = mapped_column(
        ForeignKey("body.id", ondelete="SET NULL"), index=True
    )
    published_at: Mapped[datetime | None]
    version: Mapped[int]


class CharterPrinciple(Model):
    """One article of a charter. Decisions point to it: one that is no longer in force is kept."""

    __tablename__ = "charter_principle"
    __table_args__ = (
        UniqueConstraint("id", "charter_id"),
        Index("ix_charter_principle_order", "charter_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    charter_id: Mapped[int] = mapped_column(ForeignKey("charter.id", ondelete="CASCADE"))
    position: Mapped[int]
    text_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    retired_at: Mapped[datetime | None]


class ModeratedText(Model):
    """The case of one text that everybody may come to read."""

    __tablename__ = "moderated_text"
    __table_args__ = (
        CheckConstraint("kind <> ''", name="kind"),
        one_of("state", STATES),
        CheckConstraint("(state = 'regroupe') = (merged_into_id IS NOT NULL)", name="merged_into_another"),
        CheckConstraint("merged_into_id <> id", name="not_into_itself"),
        CheckConstraint("state <> 'publie' OR published_at IS NOT NULL", name="published_once"),
        CheckConstraint("body_id IS NULL OR commune_id IS NULL", name="one_moderator"),
        UniqueConstraint("id", "kind"),
        Index("ix_moderated_text_body", "body_id", "state", "due_at"),
        Index("ix_moderated_text_contract", "contract_id", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The name of a registered `kinds.ModeratedKind`: no CHECK lists them, so that one more is one registration more.
    kind: Mapped[str]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id", ondelete="CASCADE"))
    #: Whose moderators read it; None with no commune: the staff of the contract.
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id", ondelete="CASCADE"))
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("commune.id"), index=True)
    state: Mapped[str]
    #: Whether it is about somebody who could be hurt, or by somebody under age: never public unread.
    sensitive: Mapped[bool]
    minor: Mapped[bool]
    #: So that nobody decides on their own text. None: without an account, or erased since.
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    received_at: Mapped[datetime]
    #: When it should have been read.
    due_at: Mapped[datetime]
    #: When it was first shown to everybody.
    published_at: Mapped[datetime | None]
    #: What is shown instead of its words, where a part is hidden.
    shown_words: Mapped[str | None]
    #: The same of its title.
    shown_title: Mapped[str | None]
    #: Whether its photo is hidden, and the rest shown.
    photo_hidden: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("moderated_text.id"), index=True)
    #: Raised by each change: two people at the same page do not overwrite each other.
    version: Mapped[int]

    @property
    def part_hidden(self) -> bool:
        """Whether a part of it is hidden, where the rest is shown."""
        return self.shown_words is not None or self.shown_title is not None or self.photo_hidden


class ModerationDecision(Model):
    """What was decided about a text, by whom and why. Rows are only ever added."""

    __tablename__ = "moderation_decision"
    __table_args__ = (
        one_of("act", ACTS),
        one_of("source", SOURCES),
        one_of("law", LEGAL_GROUNDS),
        CheckConstraint("principle_id IS NULL OR law IS NULL", name="one_ground"),
        CheckConstraint(
            "act NOT IN ('reformuler', 'masquer', 'masquer_en_partie')"
            " OR ((principle_id IS NOT NULL OR law IS NOT NULL) AND facts_id IS NOT NULL)",
            name="restricted_with_reasons",
        ),
        CheckConstraint(
            "(act = 'masquer_en_partie') = (hides_title OR hides_words OR hides_photo)",
            name="says_which_part",
        ),
        UniqueConstraint("id", "decided_by"),
        Index("ix_moderation_decision_text", "text_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("moderated_text.id", ondelete="CASCADE"))
    act: Mapped[str]
    #: Of which parts something is hidden since, where it hides a part.
    hides_title: Mapped[bool] = mapped_column(default=False)
    hides_words: Mapped[bool] = mapped_column(default=False)
    hides_photo: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str]
    #: Whether a hint of the program stood beside the text (art. 17, 3 c). No machine decides.
    hinted: Mapped[bool]
    principle_id: Mapped[int | None] = mapped_column(ForeignKey("charter_principle.id"), index=True)
    law: Mapped[str | None]
    #: Whether the author is told where to find help.
    points_to_help: Mapped[bool]
    #: What was seen, in the words of whoever decided, for the author.
    facts_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    decided_at: Mapped[datetime] = mapped_column(index=True)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    #: In whose name, as people read it.
    decided_for: Mapped[str]


class ModerationReport(Model):
    """Somebody says that a text should not stand there (art. 16)."""

    __tablename__ = "moderation_report"
    __table_args__ = (
        one_of("reason", REPORT_REASONS),
        CheckConstraint("contact_kind IN ('email', 'phone')", name="contact_kind"),
        CheckConstraint("(contact IS NULL) = (contact_kind IS NULL)", name="contact_of_a_kind"),
        CheckConstraint("(decision_id IS NULL) = (decided_at IS NULL)", name="decided_once"),
        # One report of a text for each account.
        UniqueConstraint("text_id", "reporter_id"),
        Index("ix_moderation_report_open", "decided_at", "text_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("moderated_text.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str]
    #: Never in logs, never in the audit trail.
    words: Mapped[str]
    lang: Mapped[str]
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    contact_kind: Mapped[str | None]
    contact: Mapped[str | None]
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    #: SHA-256 of the form's own random name and its words: sent twice, it is one row.
    client_key: Mapped[str] = mapped_column(unique=True)
    #: HMAC of the receipt that the person keeps.
    receipt_hash: Mapped[str] = mapped_column(unique=True)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("moderation_decision.id"), index=True)
    decided_at: Mapped[datetime | None]


class ModerationAppeal(Model):
    """Somebody contests a decision; another person answers."""

    __tablename__ = "moderation_appeal"
    __table_args__ = (
        one_of("side", SIDES),
        one_of("outcome", OUTCOMES),
        CheckConstraint("(side = 'signalement') = (report_id IS NOT NULL)", name="reporters_by_their_report"),
        CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL) AND (outcome IS NULL) = (answer_id IS NULL)",
            name="decided_in_words",
        ),
        # `contested_by` is that of the decision: nobody decides on an appeal against their own.
        ForeignKeyConstraint(
            ["decision_id", "contested_by"],
            ["moderation_decision.id", "moderation_decision.decided_by"],
            name="fk_moderation_appeal_contested",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        CheckConstraint("decided_by <> contested_by", name="another_person"),
        # One appeal of the author against a decision; one of each reporter, by their report.
        Index(
            "ix_moderation_appeal_of_author",
            "decision_id",
            unique=True,
            sqlite_where=text("side = 'auteur'"),
            postgresql_where=text("side = 'auteur'"),
        ),
        Index("ix_moderation_appeal_decision", "decision_id"),
        Index("ix_moderation_appeal_open", "to_body_id", "decided_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("moderation_decision.id", ondelete="CASCADE"))
    contested_by: Mapped[int | None] = mapped_column(index=True)
    side: Mapped[str]
    report_id: Mapped[int | None] = mapped_column(
        ForeignKey("moderation_report.id", ondelete="CASCADE"), unique=True
    )
    words: Mapped[str]
    lang: Mapped[str]
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    client_key: Mapped[str] = mapped_column(unique=True)
    #: Whose moderators decide; None: the staff of the contract.
    to_body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id", ondelete="SET NULL"))
    outcome: Mapped[str | None]
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    decided_for: Mapped[str]
    #: Raised by each change.
    version: Mapped[int]


class HintPattern(Model):
    """A word or phrase that a territory asks to look at, in one language. A hint removes nothing."""

    __tablename__ = "hint_pattern"
    __table_args__ = (
        UniqueConstraint("contract_id", "lang", "folded"),
        CheckConstraint("folded <> ''", name="folded"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id", ondelete="CASCADE"))
    lang: Mapped[str]
    words: Mapped[str]
    #: As it is looked for: see `rules.detectors.listed_words.key_of`.
    folded: Mapped[str]
    retired_at: Mapped[datetime | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)


class ModerationHint(Model):
    """Something in a text that a moderator should look at, and what they said of the hint itself."""

    __tablename__ = "moderation_hint"
    __table_args__ = (
        one_of("kind", HINT_KINDS),
        CheckConstraint("starts_at >= 0 AND ends_at >= starts_at", name="place"),
        CheckConstraint("(kind = 'mot_signale') = (pattern_id IS NOT NULL)", name="of_a_pattern"),
        CheckConstraint("(kind = 'presque_pareil') = (other_text_id IS NOT NULL)", name="near_another"),
        Index("ix_moderation_hint_text", "text_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("moderated_text.id", ondelete="CASCADE"))
    kind: Mapped[str]
    #: Characters of the text: from, and to (not included); both 0 once its author said it otherwise.
    starts_at: Mapped[int]
    ends_at: Mapped[int]
    pattern_id: Mapped[int | None] = mapped_column(ForeignKey("hint_pattern.id"), index=True)
    #: The text that says nearly the same.
    other_text_id: Mapped[int | None] = mapped_column(
        ForeignKey("moderated_text.id", ondelete="CASCADE"), index=True
    )
    #: Whether a moderator said that there was nothing: None while nobody has decided.
    false_alarm: Mapped[bool | None]
