"""A project as those who judge it read it: what it is, for whom, what it costs; never whom to write to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from cdv_civic.core.db import db
from cdv_civic.core.localized import Localized, Words
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import FundProject, ProjectCoFunder, ProjectCost
from cdv_civic.fund.project_words import CARRIERS
from cdv_civic.territory.models import Quartier


@dataclass(frozen=True)
class ReadCost:
    """A line of what it costs."""

    label: str
    cents: int


@dataclass(frozen=True)
class ReadCoFunder:
    """Who else pays."""

    name: str
    asked_cents: int
    granted_cents: int | None


@dataclass(frozen=True)
class ReadProject:
    """All that is judged of a project."""

    id: int
    number: int
    fund_id: int
    round_id: int
    fund: Words
    round: Words
    state: str
    title: str
    summary: str
    words: str
    lang: str | None
    for_whom: str
    place: str
    when_text: str
    quartier: str | None
    #: Who carries it, as everybody reads it.
    carrier: Any
    counterpart: str
    purposes: Sequence[str]
    body_id: int | None
    asked_cents: int
    own_cents: int
    cost_cents: int
    envelope_id: int | None
    frozen: bool
    submitted_at: datetime
    opinion_until: date | None
    costs: tuple[ReadCost, ...]
    co_funders: tuple[ReadCoFunder, ...]


def carrier_words(row: Any) -> Any:
    """Who carries a project, as everybody reads it: a name that is public, or what kind of carrier it is."""
    return row.carrier_name or row.signed or CARRIERS.get(row.carrier_kind or "", "")


def read_project(project_id: int, language: str) -> ReadProject | None:
    """A project; 3 statements."""
    fund, title = (
        Localized("fund_name", Fund.name_id, language),
        Localized("round_title", FundRound.title_id, language),
    )
    statement = (
        select(
            FundProject,
            FundRound.opinion_until,
            Quartier.name.label("quartier"),
            *fund.columns,
            *title.columns,
        )
        .join(FundRound, FundRound.id == FundProject.round_id)
        .join(Fund, Fund.id == FundProject.fund_id)
        .outerjoin(Quartier, Quartier.id == FundProject.quartier_id)
        .where(FundProject.id == project_id)
    )
    found = db.session.execute(
        title.join(fund.join(statement)), execution_options={"populate_existing": True}
    ).first()
    if found is None:
        return None
    row: FundProject = found[0]
    costs = db.session.execute(
        select(ProjectCost.label, ProjectCost.cents)
        .where(ProjectCost.project_id == project_id)
        .order_by(ProjectCost.position)
    )
    others = db.session.execute(
        select(ProjectCoFunder.name, ProjectCoFunder.asked_cents, ProjectCoFunder.granted_cents)
        .where(ProjectCoFunder.project_id == project_id)
        .order_by(ProjectCoFunder.position)
    )
    return ReadProject(
        row.id,
        row.number,
        row.fund_id,
        row.round_id,
        fund.words(found),
        title.words(found),
        row.state,
        row.title,
        row.summary,
        row.words,
        row.lang,
        row.for_whom,
        row.place,
        row.when_text,
        found.quartier,
        carrier_words(row),
        row.counterpart,
        row.purposes,
        row.body_id,
        row.asked_cents,
        row.own_cents,
        row.cost_cents,
        row.envelope_id,
        row.frozen_at is not None,
        row.submitted_at,
        found.opinion_until,
        tuple(ReadCost(*each) for each in costs),
        tuple(ReadCoFunder(*each) for each in others),
    )
