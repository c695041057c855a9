"""Rounds as the form of a project reads them: what they ask, and what one may choose among."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, or_, select

from cdv_civic.core import clock
from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.policy.decisions import may
from cdv_civic.core.policy.model import Actor
from cdv_civic.fund.models.funds import Fund, FundEnvelope, FundRound
from cdv_civic.fund.projects.rules import deposit_phases
from cdv_civic.fund.rules.envelopes import EnvelopeChoice
from cdv_civic.fund.rules.fund_rules import FundRules, from_data
from cdv_civic.fund.rules.templates import EnvelopeScope
from cdv_civic.fund.scopes import ENTER, quartiers_of_fund, touched_by_entering_in
from cdv_civic.participation.rules.phases import Stage
from cdv_civic.territory.models import Axis, Body, Contract, Quartier

#: Open rounds of the whole site among which those of a relais are looked for.
MOST_OFFERED: Final = 100


@dataclass(frozen=True)
class PromisedDays:
    """Last days of each stage, where one is promised."""

    instruction_until: date | None
    opinion_until: date | None
    choice_on: date | None
    decision_until: date | None
    payment_until: date | None
    review_until: date | None


@dataclass(frozen=True)
class DepositRound:
    """A round that everybody sees, as the form of a project shows it."""

    id: int
    slug: str
    fund_id: int
    fund_slug: str
    contract_id: int
    contract: str
    commune_id: int | None
    owner_id: int | None
    fund: Words
    title: Words
    help: Words | None
    year: int
    rules: FundRules
    personal: bool
    opens_at: datetime | None
    closes_at: datetime | None
    calendar: PromisedDays
    stage: Stage

    @property
    def is_open(self) -> bool:
        """Whether it takes projects now."""
        return self.stage is Stage.OPEN

    @property
    def quotes_asked(self) -> bool:
        """Whether quotes of prices may come with a project: money for one person needs none."""
        return not self.personal


@dataclass(frozen=True)
class Named:
    """What one may choose, by its name."""

    id: int
    name: str


@dataclass(frozen=True)
class NamedEnvelope:
    """An envelope, and the quartier that it is for."""

    choice: EnvelopeChoice
    quartier: str | None


@dataclass(frozen=True)
class Choices:
    """What the form of a project lets one choose among."""

    quartiers: Sequence[Named]
    envelopes: Sequence[NamedEnvelope]
    #: Objectives of the contract, where the rules ask for one.
    axes: Sequence[tuple[int, Words]]
    #: Bodies, where one of them may carry a project.
    bodies: Sequence[Named]


def round_is_public() -> ColumnElement[bool]:
    """The condition that everybody sees a `FundRound`, with its `Fund`."""
    return and_(
        Fund.published_at.is_not(None), Fund.withdrawn_at.is_(None), FundRound.published_at.is_not(None)
    )


def calendar_of(row: Any) -> PromisedDays:
    """The calendar of a row that holds the columns of a round."""
    return PromisedDays(
        row.instruction_until,
        row.opinion_until,
        row.choice_on,
        row.decision_until,
        row.payment_until,
        row.review_until,
    )


def calendar_columns() -> tuple[Any, ...]:
    """What `calendar_of` reads."""
    return (
        FundRound.instruction_until,
        FundRound.opinion_until,
        FundRound.choice_on,
        FundRound.decision_until,
        FundRound.payment_until,
        FundRound.review_until,
    )


def _statement(language: str) -> tuple[Select[Any], tuple[Localized, Localized, Localized]]:
    fund = Localized("fund_name", Fund.name_id, language)
    title = Localized("round_title", FundRound.title_id, language)
    help_ = Localized("help", Fund.help_id, language)
    statement: Any = (
        select(
            FundRound.id,
            FundRound.slug,
            FundRound.fund_id,
            Fund.slug.label("fund_slug"),
            Fund.contract_id,
            Contract.slug.label("contract"),
            Fund.commune_id,
            Fund.owner_id,
            FundRound.year,
            FundRound.rules,
            FundRound.personal,
            FundRound.opens_at,
            FundRound.closes_at,
            FundRound.closed_at,
            *calendar_columns(),
            *fund.columns,
            *title.columns,
            *help_.columns,
        )
        .join(Fund, Fund.id == FundRound.fund_id)
        .join(Contract, Contract.id == Fund.contract_id)
    )
    statement = help_.join(title.join(fund.join(statement)), optional=True)
    return statement.where(round_is_public()), (fund, title, help_)


def _round(row: Any, texts: tuple[Localized, Localized, Localized]) -> DepositRound:
    fund, title, help_ = texts
    stage = deposit_phases(row.opens_at, row.closes_at).state_at(clock.now()).stage
    return DepositRound(
        row.id,
        row.slug,
        row.fund_id,
        row.fund_slug,
        row.contract_id,
        row.contract,
        row.commune_id,
        row.owner_id,
        fund.words(row),
        title.words(row),
        help_.words_or_none(row),
        row.year,
        from_data(row.rules),
        row.personal,
        row.opens_at,
        row.closes_at,
        calendar_of(row),
        Stage.AFTER if row.closed_at is not None else stage,
    )


def deposit_round(fund: str, slug: str, language: str) -> DepositRound | None:
    """A round that everybody sees, by its address; 1 statement."""
    statement, texts = _statement(language)
    row = rows_of(statement.where(Fund.slug == fund, FundRound.slug == slug)).one_or_none()
    return _round(row, texts) if row is not None else None


def round_by_id(round_id: int, language: str) -> DepositRound | None:
    """The same by its id: where somebody corrects a project of it."""
    statement, texts = _statement(language)
    row = rows_of(statement.where(FundRound.id == round_id)).one_or_none()
    return _round(row, texts) if row is not None else None


def rounds_to_enter_in(actor: Actor, language: str) -> list[DepositRound]:
    """The open rounds in which somebody may write a project for another person, the newest first; 4 statements."""
    statement, texts = _statement(language)
    now = clock.now()
    rows = rows_of(
        statement.where(
            FundRound.opens_at <= now,
            or_(FundRound.closes_at.is_(None), FundRound.closes_at > now),
            FundRound.closed_at.is_(None),
        )
        .order_by(FundRound.id.desc())
        .limit(MOST_OFFERED)
    )
    found = [_round(row, texts) for row in rows]
    touched = touched_by_entering_in(db.session(), {each.fund_id: each for each in found})
    return [each for each in found if may(actor, ENTER, touched[each.fund_id])]


def quartiers_of(fund_id: int) -> list[Named]:
    """The quartiers that a fund is for; 1 statement."""
    rows = rows_of(
        select(Quartier.id, Quartier.name)
        .join(Fund, quartiers_of_fund())
        .where(Fund.id == fund_id)
        .order_by(Quartier.name, Quartier.id)
    )
    return [Named(row.id, row.name) for row in rows]


def envelopes_of(fund_id: int, year: int) -> list[NamedEnvelope]:
    """The envelopes that a round spends; 1 statement."""
    rows = rows_of(
        select(FundEnvelope.id, FundEnvelope.scope, FundEnvelope.quartier_id, Quartier.name)
        .outerjoin(Quartier, Quartier.id == FundEnvelope.quartier_id)
        .where(FundEnvelope.fund_id == fund_id, FundEnvelope.year == year)
        .order_by(FundEnvelope.id)
    )
    return [
        NamedEnvelope(EnvelopeChoice(row.id, EnvelopeScope(row.scope), row.quartier_id), row.name)
        for row in rows
    ]


def is_of_contract(contract_id: int, kind: type[Axis] | type[Body]) -> ColumnElement[bool]:
    """The condition that an axis or a body of a contract may be named by a project."""
    return and_(kind.contract_id == contract_id, kind.retired_at.is_(None))


def choices_of(found: DepositRound, language: str) -> Choices:
    """What the form of a round lets one choose among; 4 statements at most."""
    axes: list[tuple[int, Words]] = []
    if found.rules.objective_asked:
        title = Localized("axis_title", Axis.title_id, language)
        statement = title.join(select(Axis.id, *title.columns)).where(is_of_contract(found.contract_id, Axis))
        axes = [
            (row.id, title.words(row))
            for row in rows_of(statement.order_by(Axis.tree, Axis.position, Axis.id))
        ]
    bodies: list[Named] = []
    if _council_may_carry(found.rules):
        rows = rows_of(
            select(Body.id, Body.name)
            .where(is_of_contract(found.contract_id, Body))
            .order_by(Body.name, Body.id)
        )
        bodies = [Named(row.id, row.name) for row in rows]
    return Choices(quartiers_of(found.fund_id), envelopes_of(found.fund_id, found.year), axes, bodies)


def _council_may_carry(rules: FundRules) -> bool:
    return rules.person is None and (not rules.carriers or "council" in rules.carriers)
