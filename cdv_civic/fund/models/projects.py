"""A project: what it is, who carries it, its money, its states, its files, its review."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Cents, Model
from cdv_civic.fund.rules.budgets import MOST_CENTS
from cdv_civic.fund.rules.files import ProjectFileKind
from cdv_civic.fund.rules.fund_rules import CarrierKind
from cdv_civic.fund.rules.projects import HOLDS_MONEY, WITH_REASON, ProjectState
from cdv_civic.participation.rules.channels import CHANNELS
from cdv_civic.territory.models import one_of


def _listed(states: object) -> str:
    return ", ".join(f"'{each}'" for each in sorted(states))  # type: ignore[call-overload]


class FundProject(Model):
    """A micro-project from its deposit on; what is begun before lies among drafts."""

    __tablename__ = "fund_project"
    __table_args__ = (
        one_of("state", ProjectState),
        one_of("carrier_kind", CarrierKind),
        one_of("channel", CHANNELS),
        CheckConstraint("contact_kind IN ('email', 'phone')", name="contact_kind"),
        CheckConstraint("(contact IS NULL) = (contact_kind IS NULL)", name="contact_of_a_kind"),
        CheckConstraint("relayed = (consent_id IS NOT NULL)", name="relayed_with_consent"),
        CheckConstraint("NOT minor OR signed IS NULL", name="minors_are_not_named"),
        # Money for one person is never shown with a name.
        CheckConstraint(
            "NOT personal OR (signed IS NULL AND carrier_name = '' AND photo_id IS NULL)",
            name="persons_are_not_named",
        ),
        CheckConstraint("age BETWEEN 10 AND 120", name="age"),
        CheckConstraint(
            f"asked_cents BETWEEN 1 AND {MOST_CENTS} AND own_cents BETWEEN 0 AND {MOST_CENTS}"
            f" AND cost_cents BETWEEN 1 AND {40 * MOST_CENTS}",
            name="amounts",
        ),
        CheckConstraint("asked_cents <= cost_cents", name="asks_no_more_than_it_costs"),
        CheckConstraint("granted_cents BETWEEN 0 AND asked_cents", name="granted_at_most_what_was_asked"),
        CheckConstraint("returned_cents BETWEEN 0 AND granted_cents", name="returned_of_the_grant"),
        CheckConstraint("granted_cents = 0 OR envelope_id IS NOT NULL", name="granted_of_an_envelope"),
        CheckConstraint(
            f"(granted_cents > 0) = (state IN ({_listed(HOLDS_MONEY)})) OR state = 'abandoned'",
            name="granted_where_selected",
        ),
        CheckConstraint("version > 0 AND number > 0", name="version"),
        UniqueConstraint("round_id", "number"),
        UniqueConstraint("id", "round_id"),
        ForeignKeyConstraint(
            ["round_id", "fund_id"], ["fund_round.id", "fund_round.fund_id"], name="fk_fund_project_round"
        ),
        ForeignKeyConstraint(
            ["envelope_id", "fund_id"],
            ["fund_envelope.id", "fund_envelope.fund_id"],
            name="fk_fund_project_envelope",
        ),
        Index("ix_fund_project_state", "round_id", "state", "number"),
        Index("ix_fund_project_envelope", "envelope_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int]
    round_id: Mapped[int]
    #: Where its money would come from, and comes from once it is selected.
    envelope_id: Mapped[int | None]
    #: From 1 in each round: how people call it, and its code on a ballot. Never given twice.
    number: Mapped[int]
    #: Whether it is for one person: that of its round.
    personal: Mapped[bool]
    #: As they were written, in any language. Never in logs, never in the audit trail.
    title: Mapped[str]
    #: One sentence, for lists and ballots.
    summary: Mapped[str]
    words: Mapped[str]
    #: For whom, where and when, as people say it.
    for_whom: Mapped[str]
    place: Mapped[str]
    when_text: Mapped[str]
    lang: Mapped[str | None]
    quartier_id: Mapped[int | None] = mapped_column(ForeignKey("quartier.id"), index=True)
    #: Purposes of the fund that it serves: codes or words of its rules.
    purposes: Mapped[list[str]]
    #: The objective of the contract that it serves.
    axis_id: Mapped[int | None] = mapped_column(ForeignKey("axis.id"), index=True)
    #: Whether it asks money of the annual programme too.
    in_programme: Mapped[bool]
    #: Whether it pays for a transport (an outing).
    transport: Mapped[bool]
    #: What a person does in return, in a fund for persons.
    counterpart: Mapped[str]
    age: Mapped[int | None]
    carrier_kind: Mapped[str | None]
    #: Of an association, a school, a council: read by everybody. Empty for residents.
    carrier_name: Mapped[str]
    #: As pasted: "W" and 9 digits; 14 digits.
    rna: Mapped[str | None]
    siret: Mapped[str | None]
    #: The body that carries it: its members in a commission take no part.
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"), index=True)
    #: A first name that everybody reads, as the person wished; None: none.
    signed: Mapped[str | None]
    #: The person to write to. Never in logs, on no public page.
    contact_name: Mapped[str]
    contact_kind: Mapped[str | None]
    contact: Mapped[str | None]
    contact_language: Mapped[str]
    minor: Mapped[bool]
    #: Who helps with it, by name and place of work.
    accompanist: Mapped[str]
    asked_cents: Mapped[int] = mapped_column(Cents)
    own_cents: Mapped[int] = mapped_column(Cents)
    #: What its lines come to.
    cost_cents: Mapped[int] = mapped_column(Cents)
    granted_cents: Mapped[int] = mapped_column(Cents, default=0)
    #: What went back to the envelope.
    returned_cents: Mapped[int] = mapped_column(Cents, default=0)
    #: The act that granted it, as open data names it.
    decision_reference: Mapped[str]
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    state: Mapped[str]
    #: The day of its last state.
    state_on: Mapped[date]
    #: The service that looks at it, and by when its carrier is to answer.
    service: Mapped[str]
    return_by: Mapped[date | None]
    #: Last day to tell what happened; the day of the last reminder.
    review_due_on: Mapped[date | None]
    reminded_on: Mapped[date | None]
    #: From the first opinion, mark or ballot on its content stays.
    frozen_at: Mapped[datetime | None]
    channel: Mapped[str]
    submitted_at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    relayed: Mapped[bool]
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("consent.id"), unique=True)
    #: Of the form and its words: sent twice, it is one row.
    client_key: Mapped[str] = mapped_column(unique=True)
    #: HMAC of the receipt that its carrier keeps: it opens the project's own page.
    receipt_hash: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int]


class ProjectStep(Model):
    """A project came to a state. Rows are only ever added."""

    __tablename__ = "fund_project_step"
    __table_args__ = (
        one_of("state", ProjectState),
        CheckConstraint(
            f"state NOT IN ({_listed(WITH_REASON)}) OR reason_id IS NOT NULL", name="with_a_reason"
        ),
        CheckConstraint("position > 0", name="position"),
        UniqueConstraint("project_id", "position"),
        Index("ix_fund_project_step_state", "state", "on_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("fund_project.id", ondelete="CASCADE"))
    #: From 1.
    position: Mapped[int]
    state: Mapped[str]
    #: The day that counts: of a payment, that of the transfer.
    on_day: Mapped[date]
    entered_at: Mapped[datetime]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    #: Why, in plain words, read by the carrier; with a refusal where else to ask.
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    elsewhere_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)


class ProjectCost(Model):
    """One line of what a project pays for."""

    __tablename__ = "fund_project_cost"
    __table_args__ = (
        CheckConstraint(f"cents BETWEEN 1 AND {MOST_CENTS}", name="cents"),
        CheckConstraint(f"spent_cents BETWEEN 0 AND {MOST_CENTS}", name="spent_cents"),
        UniqueConstraint("project_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("fund_project.id", ondelete="CASCADE"))
    position: Mapped[int]
    label: Mapped[str]
    cents: Mapped[int] = mapped_column(Cents)
    #: Once its review says so.
    spent_cents: Mapped[int | None] = mapped_column(Cents)


class ProjectCoFunder(Model):
    """Who else is asked to pay, and what they answered."""

    __tablename__ = "fund_project_co_funder"
    __table_args__ = (
        CheckConstraint(f"asked_cents BETWEEN 1 AND {MOST_CENTS}", name="asked_cents"),
        CheckConstraint("granted_cents BETWEEN 0 AND asked_cents", name="granted_cents"),
        UniqueConstraint("project_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("fund_project.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str]
    asked_cents: Mapped[int] = mapped_column(Cents)
    #: None while nobody knows.
    granted_cents: Mapped[int | None] = mapped_column(Cents)


class ProjectCoCarrier(Model):
    """Somebody who carries a project with its author. Named to the desk alone."""

    __tablename__ = "fund_project_co_carrier"
    __table_args__ = (UniqueConstraint("project_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("fund_project.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str]
    #: An account, where the person said which: as a member of a commission it takes no part.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)


class ProjectFile(Model):
    """A quote, a photo, a proof of payment. Quotes and proofs are for the desk, photos of a review for everybody."""

    __tablename__ = "fund_project_file"
    __table_args__ = (
        one_of("kind", ProjectFileKind),
        UniqueConstraint("project_id", "kind", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("fund_project.id", ondelete="CASCADE"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    kind: Mapped[str]
    position: Mapped[int]
    #: What it shows, or its name.
    caption: Mapped[str]
    #: The desk took it off the public page.
    hidden_at: Mapped[datetime | None]


class ProjectReview(Model):
    """What happened: told once by the carrier, accepted by the desk."""

    __tablename__ = "fund_project_review"
    __table_args__ = (
        CheckConstraint("people BETWEEN 0 AND 100000", name="people"),
        CheckConstraint("(taken_at IS NULL) = (taken_on IS NULL)", name="taken_on_a_day"),
        CheckConstraint("(asked = '') = (asked_at IS NULL)", name="asked_in_words"),
    )

    project_id: Mapped[int] = mapped_column(
        ForeignKey("fund_project.id", ondelete="CASCADE"), primary_key=True
    )
    words: Mapped[str]
    lang: Mapped[str | None]
    #: How many people it reached.
    people: Mapped[int]
    #: When it took place: before the money came, often.
    happened_on: Mapped[date]
    #: When its carrier last sent it.
    sent_at: Mapped[datetime]
    #: What the desk last asked to be added, in French, and when; empty: nothing.
    asked: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime | None]
    #: When the desk took it for complete.
    taken_at: Mapped[datetime | None]
    taken_on: Mapped[date | None]
    client_key: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int]
