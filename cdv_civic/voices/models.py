"""Tables of what residents say: the word, each step of its way, and how a body wants to hear."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model
from cdv_civic.participation.rules.channels import CHANNELS
from cdv_civic.participation.rules.themes import THEMES
from cdv_civic.territory.models import one_of
from cdv_civic.voices.rules import KINDS, STATES


class VoiceSettings(Model):
    """How a body listens; without a row it does, and promises no day."""

    __tablename__ = "voice_settings"
    __table_args__ = (
        CheckConstraint("due_days > 0", name="due_days"),
        CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
    )

    body_id: Mapped[int] = mapped_column(ForeignKey("body.id", ondelete="CASCADE"), primary_key=True)
    #: Whether the form on the site takes words.
    is_open: Mapped[bool]
    #: From when on, and until when (not included); None: no end on that side.
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    #: Days to the answer; None: none is promised.
    due_days: Mapped[int | None]
    #: Who reads: a sentence shown on the form.
    readers_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    version: Mapped[int]


class Voice(Model):
    """One word said to a body: a question, an idea or a difficulty. Of the person as little as can be."""

    __tablename__ = "voice"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("theme", THEMES),
        one_of("channel", CHANNELS),
        one_of("state", STATES),
        CheckConstraint("contact_kind IN ('email', 'phone')", name="contact_kind"),
        CheckConstraint("(contact IS NULL) = (contact_kind IS NULL)", name="contact_of_a_kind"),
        CheckConstraint("relayed = (consent_id IS NOT NULL)", name="relayed_with_consent"),
        CheckConstraint(
            "(state IN ('repondu', 'sans_suite')) = (answer_id IS NOT NULL)", name="decided_in_words"
        ),
        CheckConstraint(
            "(state IN ('repondu', 'sans_suite')) = (decided_at IS NOT NULL)", name="decided_once"
        ),
        CheckConstraint(
            "state <> 'transmis' OR transmitted_to_id IS NOT NULL",
            name="transmitted_to_somebody",
        ),
        CheckConstraint("NOT off_site OR transmitted_to_id IS NOT NULL", name="off_site_to_somebody"),
        CheckConstraint(
            "transmitted_words IS NULL OR transmitted_to_id IS NOT NULL", name="transmitted_words_to_somebody"
        ),
        CheckConstraint("asked_again_on >= received_on", name="asked_again_after_it_was_said"),
        CheckConstraint("published_at IS NULL OR author_agrees_public", name="public_if_the_author_agrees"),
        CheckConstraint("published_at IS NULL OR case_id IS NOT NULL", name="public_under_moderation"),
        Index("ix_voice_body_state", "body_id", "state"),
        Index("ix_voice_body_published", "body_id", "published_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id", ondelete="CASCADE"))
    quartier_id: Mapped[int | None] = mapped_column(ForeignKey("quartier.id"))
    kind: Mapped[str]
    theme: Mapped[str]
    #: As they were said, in any language. Never in logs, never in the audit trail.
    words: Mapped[str]
    #: Their language, only where somebody said it.
    lang: Mapped[str | None]
    #: Folded, for the desk's search.
    search_text: Mapped[str]
    channel: Mapped[str]
    received_on: Mapped[date]
    #: When it was entered here.
    received_at: Mapped[datetime]
    #: The resident who said it, signed in. None: without an account, or erased since.
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    #: Who wrote it down for somebody else: a member of the body, a relais.
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    relayed: Mapped[bool]
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("consent.id"), unique=True)
    #: Where the answer goes, erased by a job some days after it has gone. Never in logs.
    contact_kind: Mapped[str | None]
    contact: Mapped[str | None]
    #: Whether the organisation that it is passed on to may see the contact. No unless the person said so.
    shares_contact: Mapped[bool] = mapped_column(default=False)
    #: The language chosen for this one message.
    contact_language: Mapped[str | None]
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    author_agrees_public: Mapped[bool]
    minor: Mapped[bool]
    #: SHA-256 of the form's own random name and its words: sent twice, it is one row.
    client_key: Mapped[str] = mapped_column(unique=True)
    #: HMAC of the receipt that the person keeps.
    receipt_hash: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    transmitted_to_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: Nobody of that organisation reads here: the moderators passed it on by their own means.
    off_site: Mapped[bool] = mapped_column(default=False)
    #: What the organisation reads instead of the words, where the moderator took names out of them.
    transmitted_words: Mapped[str | None]
    due_on: Mapped[date | None]
    #: The day on which whoever said it last asked where it stands; it does not say who asked.
    asked_again_on: Mapped[date | None]
    #: The answer, or the reason why there is none.
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"))
    #: Who answered, as people read it.
    answered_by: Mapped[str | None]
    decided_at: Mapped[datetime | None] = mapped_column(index=True)
    published_at: Mapped[datetime | None]
    #: Its case with the moderators, from the day on which it was first published; `published_at` follows its state.
    case_id: Mapped[int | None] = mapped_column(ForeignKey("moderated_text.id"), unique=True)
    #: What is shown instead of the words, where the moderator took names out of them.
    public_words: Mapped[str | None]
    #: The moderator says that the words name or describe somebody.
    holds_names: Mapped[bool]
    #: Raised by each change: two people at the same page do not overwrite each other.
    version: Mapped[int]


class VoiceStep(Model):
    """A dated step of a word. Rows are only ever added."""

    __tablename__ = "voice_step"
    __table_args__ = (one_of("state", STATES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    voice_id: Mapped[int] = mapped_column(ForeignKey("voice.id", ondelete="CASCADE"), index=True)
    #: The state it came to.
    state: Mapped[str]
    at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    #: For whom the author acts, as people read it; empty for the person's own step.
    organisation_name: Mapped[str]
    #: To whom it went.
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: By the moderators' own means, not by this site.
    off_site: Mapped[bool] = mapped_column(default=False)
    #: For the person.
    sentence_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"))


class VoiceReply(Model):
    """What an organisation answers to the body. The body gives it to the person: it is not bound to."""

    __tablename__ = "voice_reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    voice_id: Mapped[int] = mapped_column(ForeignKey("voice.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime]
    words: Mapped[str]
