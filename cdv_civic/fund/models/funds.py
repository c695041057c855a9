"""A fund, its envelopes of each year, and its rounds."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Cents, Model
from cdv_civic.fund.rules.templates import EnvelopeScope, FundKind
from cdv_civic.territory.models import link, one_of


class Fund(Model):
    """Money for projects of residents, with its rules as data."""

    __tablename__ = "fund"
    __table_args__ = (
        one_of("kind", FundKind),
        CheckConstraint("withdrawn_at IS NULL OR published_at IS NOT NULL", name="withdrawn_once_published"),
        CheckConstraint("version > 0", name="version"),
        Index("ix_fund_contract", "contract_id", "published_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Unique over all contracts of the site, hyphenated: its name in addresses and commands. Never changes.
    slug: Mapped[str] = mapped_column(unique=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    #: The commune that it is for; None: the whole contract.
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("commune.id"), index=True)
    #: Whose money it is, where that is not the city or the contract: the State, a landlord.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: The template that it began with; None: none.
    kind: Mapped[str | None]
    name_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: What it pays for, in plain words.
    words_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: Who helps to write a project, and where to ask.
    help_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: Where else to ask, told with each refusal.
    elsewhere_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: The programme whose envelope holds this money too, so that nobody counts it twice; empty: it is its own.
    part_of: Mapped[str]
    #: Who pays, as open data names them: the name, and the 14 digits of its SIRET.
    payer: Mapped[str]
    payer_siret: Mapped[str | None]
    #: `rules.fund_rules.as_data`: what its next round begins with.
    rules: Mapped[dict[str, Any]]
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    client_key: Mapped[str] = mapped_column(unique=True)
    #: Raised by each change.
    version: Mapped[int]


#: Where its projects may take place; none: the whole commune or contract.
fund_quartier = link("fund_quartier", "fund", "quartier")
#: Who gives the money, several together.
fund_funder = link("fund_funder", "fund", "organisation")
#: Bodies that give their opinion on its projects.
fund_body = link("fund_body", "fund", "body")


class FundEnvelope(Model):
    """The money of one year, for all or for a part of the territory or of the people."""

    __tablename__ = "fund_envelope"
    __table_args__ = (
        one_of("scope", EnvelopeScope),
        CheckConstraint("(scope = 'quartier') = (quartier_id IS NOT NULL)", name="of_a_quartier"),
        CheckConstraint("cents > 0", name="cents"),
        CheckConstraint("reserved_cents >= 0 AND reserved_cents <= cents", name="never_overspent"),
        CheckConstraint("year BETWEEN 2014 AND 2099", name="year"),
        UniqueConstraint("id", "fund_id"),
        UniqueConstraint("fund_id", "year", "scope", "quartier_id"),
        # No two of a scope without a quartier: the constraint above takes NULLs for different.
        Index(
            "ix_fund_envelope_whole",
            "fund_id",
            "year",
            "scope",
            unique=True,
            sqlite_where=text("quartier_id IS NULL"),
            postgresql_where=text("quartier_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    year: Mapped[int]
    scope: Mapped[str]
    quartier_id: Mapped[int | None] = mapped_column(ForeignKey("quartier.id"), index=True)
    cents: Mapped[int] = mapped_column(Cents)
    #: What its projects were granted and did not give back. A trigger alone writes it.
    reserved_cents: Mapped[int] = mapped_column(Cents, default=0)
    client_key: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int]


class FundRound(Model):
    """One call of a fund: its calendar, and its rules, which freeze with the first opinion, mark or ballot."""

    __tablename__ = "fund_round"
    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
        CheckConstraint("year BETWEEN 2014 AND 2099", name="year"),
        CheckConstraint("published_at IS NULL OR opens_at IS NOT NULL", name="published_with_a_day"),
        CheckConstraint("frozen_at IS NULL OR published_at IS NOT NULL", name="frozen_once_published"),
        CheckConstraint("closed_at IS NULL OR published_at IS NOT NULL", name="closed_once_published"),
        CheckConstraint("version > 0", name="version"),
        UniqueConstraint("id", "fund_id"),
        Index("ix_fund_round_fund", "fund_id", "published_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Unique over all contracts of the site, hyphenated. Never changes.
    slug: Mapped[str] = mapped_column(unique=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    title_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: Of the envelopes that it spends.
    year: Mapped[int]
    #: `rules.fund_rules.as_data`, of this round.
    rules: Mapped[dict[str, Any]]
    #: What of the rules the database looks at: an opinion before any decision; money for persons.
    opinion_asked: Mapped[bool]
    personal: Mapped[bool]
    #: When projects are taken, UTC; `closes_at` is not included, None: all year, as long as there is money.
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    #: Last days of each stage, where one is promised; the day of the commission, or the last of the vote.
    instruction_until: Mapped[date | None]
    opinion_until: Mapped[date | None]
    choice_on: Mapped[date | None]
    decision_until: Mapped[date | None]
    payment_until: Mapped[date | None]
    review_until: Mapped[date | None]
    published_at: Mapped[datetime | None]
    #: From the first opinion, mark or ballot on.
    frozen_at: Mapped[datetime | None]
    #: When it was closed for good: no project comes in or moves to a choice.
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    client_key: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int]


class RoundBallots(Model):
    """The ballots of a round that was held elsewhere, as its file says them: no person, no moment."""

    __tablename__ = "fund_round_ballots"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id"], ["fund_round.id"], name="fk_fund_round_ballots_round_id_fund_round"
        ),
    )

    round_id: Mapped[int] = mapped_column(primary_key=True)
    #: The whole file, in the format of Pabulib.
    pabulib: Mapped[str]
    #: What both ways of counting make of it (`archive.elections.counts_of`): counted once, as it takes seconds.
    counts: Mapped[dict[str, Any]]
    imported_at: Mapped[datetime]
