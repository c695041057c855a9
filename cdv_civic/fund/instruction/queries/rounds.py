"""Rounds whose projects somebody looks at, with how much waits in each; and one of them, with its rules."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.policy.model import Reach
from cdv_civic.fund.instruction.rules import AWAITS_RETURN
from cdv_civic.fund.models.choosing import ProjectOpinion
from cdv_civic.fund.models.funds import Fund, FundRound, fund_body
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.rules.fund_rules import FundRules, from_data
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.scopes import funds_within
from cdv_civic.territory.models import Body, Quartier


def is_late(today: date) -> ColumnElement[bool]:
    """The condition that the day on which a `FundProject` was to come back is past."""
    return and_(
        FundProject.state.in_(sorted(each.value for each in AWAITS_RETURN)), FundProject.return_by < today
    )


@dataclass(frozen=True)
class InstructedRound:
    """A round in the list of the desk."""

    id: int
    title: Words
    fund: Words
    year: int
    opens_at: datetime | None
    closes_at: datetime | None
    closed: bool
    projects: int
    #: Not looked at yet; back from their carriers or services late; decided and not told; told and not paid.
    submitted: int
    late: int
    selected: int
    notified: int


def rounds_at_desk(reach: Reach, language: str) -> list[InstructedRound]:
    """Published rounds within reach, the latest first; 1 statement."""
    title = Localized("title", FundRound.title_id, language)
    fund = Localized("fund", Fund.name_id, language)

    def counted(condition: Any) -> Any:
        return func.count(case((condition, FundProject.id)))

    numbers = (
        select(
            FundProject.round_id,
            func.count().label("projects"),
            counted(FundProject.state == ProjectState.SUBMITTED.value).label("submitted"),
            counted(is_late(clock.today())).label("late"),
            counted(FundProject.state == ProjectState.SELECTED.value).label("selected"),
            counted(FundProject.state == ProjectState.NOTIFIED.value).label("notified"),
        )
        .join(Fund, Fund.id == FundProject.fund_id)
        .where(funds_within(reach))
        .group_by(FundProject.round_id)
        .subquery()
    )
    n = numbers.c
    statement: Any = (
        select(
            FundRound.id,
            FundRound.year,
            FundRound.opens_at,
            FundRound.closes_at,
            FundRound.closed_at,
            *(func.coalesce(each, 0).label(each.name) for each in n if each.name != "round_id"),
            *title.columns,
            *fund.columns,
        )
        .join(Fund, Fund.id == FundRound.fund_id)
        .outerjoin(numbers, n.round_id == FundRound.id)
        .where(funds_within(reach), FundRound.published_at.is_not(None))
        .order_by(FundRound.closed_at.is_not(None), FundRound.opens_at.desc(), FundRound.id.desc())
    )
    return [
        InstructedRound(
            row.id,
            title.words(row),
            fund.words(row),
            row.year,
            row.opens_at,
            row.closes_at,
            row.closed_at is not None,
            row.projects,
            row.submitted,
            row.late,
            row.selected,
            row.notified,
        )
        for row in rows_of(fund.join(title.join(statement)))
    ]


@dataclass(frozen=True)
class RoundAtDesk:
    """A round whose projects are looked at; it stands for its fund too (`scopes.KeptFund`)."""

    id: int
    slug: str
    fund_id: int
    fund_slug: str
    contract_id: int
    commune_id: int | None
    owner_id: int | None
    title: Words
    fund: Words
    elsewhere_id: int | None
    year: int
    rules: FundRules
    opinion_asked: bool
    personal: bool
    choice_on: date | None
    closed: bool


def round_at_desk(round_id: int, language: str) -> RoundAtDesk | None:
    """One published round; 1 statement."""
    title = Localized("title", FundRound.title_id, language)
    fund = Localized("fund", Fund.name_id, language)
    statement: Any = (
        select(
            FundRound.id,
            FundRound.slug,
            FundRound.fund_id,
            Fund.slug.label("fund_slug"),
            Fund.contract_id,
            Fund.commune_id,
            Fund.owner_id,
            Fund.elsewhere_id,
            FundRound.year,
            FundRound.rules,
            FundRound.opinion_asked,
            FundRound.personal,
            FundRound.choice_on,
            FundRound.closed_at,
            *title.columns,
            *fund.columns,
        )
        .join(Fund, Fund.id == FundRound.fund_id)
        .where(FundRound.id == round_id, FundRound.published_at.is_not(None))
    )
    row = rows_of(fund.join(title.join(statement))).one_or_none()
    if row is None:
        return None
    return RoundAtDesk(
        row.id,
        row.slug,
        row.fund_id,
        row.fund_slug,
        row.contract_id,
        row.commune_id,
        row.owner_id,
        title.words(row),
        fund.words(row),
        row.elsewhere_id,
        row.year,
        from_data(row.rules),
        row.opinion_asked,
        row.personal,
        row.choice_on,
        row.closed_at is not None,
    )


def services_of(fund_id: int) -> list[str]:
    """Services to which projects of a fund were given, by name; 1 statement."""
    found = rows_of(
        select(FundProject.service)
        .where(FundProject.fund_id == fund_id, FundProject.service != "")
        .group_by(FundProject.service)
        .order_by(FundProject.service)
        .limit(100)
    )
    return [row.service for row in found]


def states_of(round_id: int) -> dict[str, int]:
    """How many projects of a round stand in each state; 1 statement."""
    found = rows_of(
        select(FundProject.state, func.count().label("projects"))
        .where(FundProject.round_id == round_id)
        .group_by(FundProject.state)
    )
    return {row.state: row.projects for row in found}


@dataclass(frozen=True)
class NamedPlace:
    """A quartier in which projects of a round take place."""

    id: int
    name: str


def places_of_projects(round_id: int) -> list[NamedPlace]:
    """Quartiers of the projects of a round, by name; 1 statement."""
    found = rows_of(
        select(Quartier.id, Quartier.name)
        .where(Quartier.id.in_(select(FundProject.quartier_id).where(FundProject.round_id == round_id)))
        .order_by(Quartier.name, Quartier.id)
    )
    return [NamedPlace(row.id, row.name) for row in found]


def asked_bodies(fund_id: int, project_id: int) -> list[tuple[str, bool]]:
    """Bodies whose opinion a fund asks for, by name, and whether each gave it on a project; 1 statement."""
    found = rows_of(
        select(Body.name, ProjectOpinion.id)
        .join(fund_body, fund_body.c.body_id == Body.id)
        .outerjoin(
            ProjectOpinion,
            and_(ProjectOpinion.body_id == Body.id, ProjectOpinion.project_id == project_id),
        )
        .where(fund_body.c.fund_id == fund_id)
        .order_by(fund_body.c.position, Body.id)
    )
    return [(row.name, row.id is not None) for row in found]
