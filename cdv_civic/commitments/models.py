"""Commitments, their progress with evidence, their indicators, their versions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.commitments.rules.origins import Origin
from cdv_civic.core.db import Cents, Model
from cdv_civic.territory.models import link, one_of
from cdv_civic.territory.vocabulary import (
    CERTAINTIES,
    INDICATOR_FAMILIES,
    NATURES,
    STATES,
    THEMES,
    VALUE_KINDS,
)


class Commitment(Model):
    """One row of a contract. Only a title, a nature and an axis are certain."""

    __tablename__ = "commitment"
    __table_args__ = (
        UniqueConstraint("contract_id", "code"),
        one_of("nature", NATURES),
        one_of("state", STATES),
        one_of("theme", THEMES),
        one_of("suggested_theme", THEMES),
        one_of("budget_certainty", CERTAINTIES),
        Index("ix_commitment_contract_state", "contract_id", "state", "id"),
        Index("ix_commitment_contract_theme", "contract_id", "theme", "id"),
        Index("ix_commitment_contract_nature", "contract_id", "nature", "id"),
        # Counts by state and theme read this index alone.
        Index(
            "ix_commitment_tally",
            "contract_id",
            "state",
            "theme",
            "nature",
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
        # What joins one to a consultation names its contract too.
        Index("ix_commitment_of_contract", "id", "contract_id", unique=True),
        Index("ix_commitment_deadline", "deadline_date", "id"),
        Index("ix_commitment_last_progress", "last_progress_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    code: Mapped[str]
    title_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    nature: Mapped[str]
    #: Suggested at import from its axis, set by staff.
    theme: Mapped[str | None]
    #: What the last import that wrote this row suggested: where `theme` is another, staff chose it.
    suggested_theme: Mapped[str | None]
    #: What the document says, always shown as written.
    deadline_text: Mapped[str | None]
    #: Last day of the period, only where the text gives an end.
    deadline_date: Mapped[date | None]
    recurrence: Mapped[str | None]
    condition: Mapped[str | None]
    budget_text: Mapped[str | None]
    #: Cents of euros: one figure of `budget_text`, never to be added to others.
    budget_cents: Mapped[int | None] = mapped_column(Cents)
    budget_certainty: Mapped[str | None]
    #: What the document itself says of how far it is.
    status_text: Mapped[str | None]
    #: Generic partners that are not organisations of the contract.
    partners_text: Mapped[list[str]]
    #: Lines of the source document.
    lines: Mapped[list[int]]
    position: Mapped[int]

    #: Where it stands as a whole: the state of its last progress that is not withdrawn.
    state: Mapped[str]
    #: When staff let it stand; None while it is to be checked.
    published_at: Mapped[datetime | None]
    #: Day of the last progress that is not withdrawn, as a whole or in any quartier.
    last_progress_on: Mapped[date | None]
    #: No longer in the contract since; its page stays.
    retired_at: Mapped[datetime | None]
    #: Number of the current version, from 1.
    version: Mapped[int] = mapped_column(default=1)
    source_row: Mapped[dict[str, Any]]


commitment_axis = link("commitment_axis", "commitment", "axis")
commitment_holder = link("commitment_holder", "commitment", "organisation")
commitment_partner = link("commitment_partner", "commitment", "organisation")
commitment_commune = link("commitment_commune", "commitment", "commune")
#: `state` is set where progress was told for this quartier alone; None follows the whole.
commitment_quartier = link(
    "commitment_quartier", "commitment", "quartier", Column("state", Text, nullable=True)
)
commitment_indicator = link("commitment_indicator", "commitment", "indicator")


class AxisOrigin(Model):
    """How a part of a contract was drawn up, as staff say: no contract says it of itself."""

    __tablename__ = "axis_origin"
    __table_args__ = (
        one_of("how", Origin),
        CheckConstraint("how IS NOT NULL OR note_id IS NULL", name="note_of_what_is_said"),
    )

    axis_id: Mapped[int] = mapped_column(ForeignKey("axis.id", ondelete="CASCADE"), primary_key=True)
    #: None: nothing is said any more.
    how: Mapped[str | None]
    #: One or two sentences for residents: when, where, with whom.
    note_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    version: Mapped[int]


class CommitmentVersion(Model):
    """What a commitment said before a change, and why it changed."""

    __tablename__ = "commitment_version"
    __table_args__ = (
        UniqueConstraint("commitment_id", "number"),
        CheckConstraint("origin IN ('import', 'staff')", name="origin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    #: Number of the version that this change made, from 2.
    number: Mapped[int]
    changed_at: Mapped[datetime]
    #: "import" (a newer document) or "staff".
    origin: Mapped[str]
    #: In plain words, shown to residents.
    reason: Mapped[str]
    actor_id: Mapped[int | None]
    organisation_name: Mapped[str]
    #: Only the fields that changed: {"field": [before, after]}.
    changes: Mapped[dict[str, Any]]


class Progress(Model):
    """One dated entry of a commitment's story. Never deleted: a mistake is withdrawn and stays."""

    __tablename__ = "progress"
    __table_args__ = (
        one_of("state", STATES),
        Index("ix_progress_story", "commitment_id", "happened_on", "id"),
        Index("ix_progress_latest", "happened_on", "id"),
        UniqueConstraint("commitment_id", "client_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    #: The quartier it is about; None for the commitment as a whole.
    quartier_id: Mapped[int | None] = mapped_column(ForeignKey("quartier.id"), index=True)
    state: Mapped[str]
    #: The day it is true of, in the territory's zone.
    happened_on: Mapped[date]
    #: One sentence for residents.
    sentence_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: Longer text, Markdown.
    detail_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: Who says so, as residents read it.
    organisation_name: Mapped[str]
    actor_id: Mapped[int | None]
    published_at: Mapped[datetime]
    #: Made by the form: a form sent twice publishes once.
    client_key: Mapped[str]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]


class Evidence(Model):
    """What shows a progress: a photo, a document, or a link."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("kind IN ('photo', 'document', 'link')", name="kind"),
        CheckConstraint("(kind = 'link') = (url IS NOT NULL)", name="url"),
        CheckConstraint("(kind = 'link') = (file_id IS NULL)", name="file"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    progress_id: Mapped[int] = mapped_column(ForeignKey("progress.id"), index=True)
    kind: Mapped[str]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    url: Mapped[str | None]
    #: What the photo shows (its alternative text), or the name of the document or link.
    caption_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    position: Mapped[int]


class Indicator(Model):
    """Something the contract measures. Without baseline or target most of the time: a normal state."""

    __tablename__ = "indicator"
    __table_args__ = (
        UniqueConstraint("contract_id", "code"),
        one_of("family", INDICATOR_FAMILIES),
        one_of("value_kind", VALUE_KINDS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    code: Mapped[str]
    name_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    family: Mapped[str]
    value_kind: Mapped[str]
    unit: Mapped[str | None]
    axis_id: Mapped[int | None] = mapped_column(ForeignKey("axis.id"), index=True)
    baseline: Mapped[str | None]
    target: Mapped[str | None]
    source: Mapped[str | None]
    line: Mapped[int | None]
    position: Mapped[int]
    retired_at: Mapped[datetime | None]
    source_row: Mapped[dict[str, Any]]


indicator_quartier = link("indicator_quartier", "indicator", "quartier")


class IndicatorValue(Model):
    """One measure: of a day, for the whole or for one quartier. A wrong one is withdrawn, not deleted."""

    __tablename__ = "indicator_value"
    __table_args__ = (
        CheckConstraint("(number IS NULL) <> (text IS NULL)", name="number_or_text"),
        Index("ix_indicator_value_story", "indicator_id", "measured_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    quartier_id: Mapped[int | None] = mapped_column(ForeignKey("quartier.id"))
    measured_on: Mapped[date]
    #: In the indicator's unit; euros are in cents, a rate is in percent.
    number: Mapped[float | None]
    #: For words, dates and yes or no.
    text: Mapped[str | None]
    source: Mapped[str | None]
    actor_id: Mapped[int | None]
    entered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class CommitmentSearch(Model):
    """What full-text search looks into: the stems of all texts of a commitment in all its languages."""

    __tablename__ = "commitment_search"

    commitment_id: Mapped[int] = mapped_column(
        ForeignKey("commitment.id", ondelete="CASCADE"), primary_key=True
    )
    document: Mapped[str]
    #: `core.stemming.STEMS_VERSION` of its stems; None: of a time when there was one alone.
    stems: Mapped[int | None] = mapped_column(index=True)
