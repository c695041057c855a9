"""Funds, their rounds and their money, as everybody sees them and as the desk does."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.web.validity import valid_until
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import FundProject, ProjectStep
from cdv_civic.fund.rules.calendars import CalendarDay, RoundCalendar, round_phases
from cdv_civic.fund.rules.fund_rules import FundRules, from_data
from cdv_civic.fund.rules.projects import ProjectState, StateChange
from cdv_civic.fund.rules.published import PUBLIC_STATES, histories_of
from cdv_civic.fund.scopes import quartiers_of_fund
from cdv_civic.participation.rules.phases import Stage, first_day, last_day
from cdv_civic.territory.models import (
    Commune,
    Contract,
    Organisation,
    Quartier,
    quartier_commune,
)


@dataclass(frozen=True)
class FundFacts:
    """A fund, as its pages show it."""

    id: int
    slug: str
    contract_id: int
    contract: str
    contract_title: str
    commune_id: int | None
    commune: str | None
    owner_id: int | None
    owner: str | None
    kind: str | None
    name: Words
    words: Words
    help: Words | None
    elsewhere: Words | None
    part_of: str
    payer: str
    payer_siret: str | None
    rules: FundRules
    published: bool
    version: int

    @property
    def where(self) -> str:
        """The commune that it is for, or the contract."""
        return self.commune or self.contract_title


_TEXTS: Final = ("name", "words", "help", "elsewhere")


def _statement(language: str) -> tuple[Select[Any], dict[str, Localized]]:
    texts = {field: Localized(f"fund_{field}", getattr(Fund, f"{field}_id"), language) for field in _TEXTS}
    statement: Any = (
        select(
            *Fund.__table__.columns,
            Contract.slug.label("contract"),
            Contract.short_title.label("contract_title"),
            Commune.name.label("commune"),
            Organisation.name.label("owner"),
            *(column for text in texts.values() for column in text.columns),
        )
        .join(Contract, Contract.id == Fund.contract_id)
        .outerjoin(Commune, Commune.id == Fund.commune_id)
        .outerjoin(Organisation, Organisation.id == Fund.owner_id)
    )
    for field, text in texts.items():
        statement = text.join(statement, optional=field in ("help", "elsewhere"))
    return statement, texts


def _fund(row: Any, texts: Mapping[str, Localized]) -> FundFacts:
    return FundFacts(
        row.id,
        row.slug,
        row.contract_id,
        row.contract,
        row.contract_title,
        row.commune_id,
        row.commune,
        row.owner_id,
        row.owner,
        row.kind,
        texts["name"].words(row),
        texts["words"].words(row),
        texts["help"].words_or_none(row),
        texts["elsewhere"].words_or_none(row),
        row.part_of,
        row.payer,
        row.payer_siret,
        from_data(row.rules),
        row.published_at is not None and row.withdrawn_at is None,
        row.version,
    )


def fund_is_public() -> ColumnElement[bool]:
    """The condition that everybody sees a `Fund`."""
    return and_(Fund.published_at.is_not(None), Fund.withdrawn_at.is_(None))


def round_is_public() -> ColumnElement[bool]:
    """The condition that everybody sees a `FundRound`, beside that of its `Fund`."""
    return and_(FundRound.published_at.is_not(None), fund_is_public())


def admissible_once() -> ColumnElement[bool]:
    """The condition that the desk took a `FundProject` for admissible, whatever became of it since."""
    step = aliased(ProjectStep)
    return exists().where(step.project_id == FundProject.id, step.state == ProjectState.ADMISSIBLE.value)


def project_is_counted() -> ColumnElement[bool]:
    """The condition that a `FundProject` of a public round counts in what everybody reads."""
    return and_(
        FundProject.state.in_([state.value for state in PUBLIC_STATES]),
        or_(FundProject.state != ProjectState.ABANDONED.value, admissible_once()),
    )


def project_is_public() -> ColumnElement[bool]:
    """The condition that everybody reads a `FundProject` of a public round: none that is for one person."""
    return and_(FundProject.personal.is_(False), project_is_counted())


def fund_named(slug: str, language: str, *, public: bool) -> FundFacts | None:
    """A fund by its address; `public`: one that everybody sees. 1 statement. At the desk the caller asks who may."""
    statement, texts = _statement(language)
    statement = statement.where(Fund.slug == slug)
    row = rows_of(statement.where(fund_is_public()) if public else statement).one_or_none()
    return _fund(row, texts) if row is not None else None


def funds_where(condition: ColumnElement[bool], language: str) -> list[FundFacts]:
    """Funds, those of a contract and a commune together; 1 statement."""
    statement, texts = _statement(language)
    rows = rows_of(
        statement.where(condition).order_by(
            Contract.short_title, Contract.id, func.coalesce(Commune.name, ""), Fund.id.desc()
        )
    )
    return [_fund(row, texts) for row in rows]


def public_funds(
    language: str,
    *,
    contract: str = "",
    commune: str = "",
    quartier: str = "",
) -> list[FundFacts]:
    """The funds that everybody sees, of the places of some slugs; names of places that are none find nothing.
    1 statement."""
    return funds_where(and_(fund_is_public(), within(contract, commune, quartier)), language)


def within(contract: str, commune: str, quartier: str) -> ColumnElement[bool]:
    """The condition that a `Fund`, its `Contract` joined, is for the places of some slugs."""
    conditions: list[ColumnElement[bool]] = []
    its = select(Quartier.id).where(quartiers_of_fund()).correlate(Fund)
    if contract:
        conditions.append(Contract.slug == contract)
    if quartier:
        conditions.append(its.where(Quartier.slug == quartier).exists())
    if commune:
        lies = quartier_commune.c
        here = select(Commune.id).where(Commune.slug == commune).scalar_subquery()
        conditions.append(
            or_(
                Fund.commune_id == here,
                its.join(quartier_commune, lies.quartier_id == Quartier.id)
                .where(lies.commune_id == here)
                .exists(),
            )
        )
    return and_(True, *conditions)


def for_any_of(quartiers: Sequence[int]) -> ColumnElement[bool]:
    """The condition that a `Fund` is for one of some quartiers."""
    its = select(Quartier.id).where(quartiers_of_fund(), Quartier.id.in_(sorted(quartiers)))
    return its.correlate(Fund).exists()


@dataclass(frozen=True)
class RoundFacts:
    """A round, as its pages show it."""

    id: int
    slug: str
    fund_id: int
    title: Words
    year: int
    rules: FundRules
    opinion_asked: bool
    personal: bool
    opens_at: datetime | None
    closes_at: datetime | None
    calendar: RoundCalendar
    published: bool
    frozen: bool
    closed: bool  #: for good
    version: int
    stage: Stage
    #: Those that everybody counts, and (at the desk) all.
    projects: int
    received: int

    @property
    def is_open(self) -> bool:
        """Whether it takes projects now."""
        return self.published and not self.closed and self.stage is Stage.OPEN


def _projects_of(condition: ColumnElement[bool] | None = None) -> Any:
    counted = select(func.count(FundProject.id)).where(FundProject.round_id == FundRound.id)
    if condition is not None:
        counted = counted.where(condition)
    return counted.correlate(FundRound).scalar_subquery()


def rounds_where(condition: ColumnElement[bool], language: str) -> list[RoundFacts]:
    """Rounds with their funds joined, the newest first; 1 statement."""
    title = Localized("round_title", FundRound.title_id, language)
    statement: Any = (
        select(
            *FundRound.__table__.columns,
            _projects_of(project_is_counted()).label("projects"),
            _projects_of().label("received"),
            *title.columns,
        )
        .join(Fund, Fund.id == FundRound.fund_id)
        .where(condition)
        .order_by(FundRound.year.desc(), FundRound.id.desc())
    )
    return [_round(row, title) for row in rows_of(title.join(statement))]


def _round(row: Any, title: Localized) -> RoundFacts:
    now, zone = clock.now(), clock.zone()
    phases = round_phases(row.opens_at, row.closes_at)
    change = phases.next_change(now)
    if change is not None:
        valid_until(change)
    calendar = RoundCalendar(
        opens_on=first_day(row.opens_at, zone) if row.opens_at else None,
        closes_on=last_day(row.closes_at, zone) if row.closes_at else None,
        **{
            each.value: getattr(row, each.value)
            for each in CalendarDay
            if each not in (CalendarDay.OPENS, CalendarDay.CLOSES)
        },
    )
    return RoundFacts(
        row.id,
        row.slug,
        row.fund_id,
        title.words(row),
        row.year,
        from_data(row.rules),
        row.opinion_asked,
        row.personal,
        row.opens_at,
        row.closes_at,
        calendar,
        row.published_at is not None,
        row.frozen_at is not None,
        row.closed_at is not None,
        row.version,
        phases.state_at(now).stage,
        row.projects,
        row.received,
    )


def public_rounds(fund_ids: Collection[int], language: str) -> list[RoundFacts]:
    """The rounds of some funds that everybody sees, the newest first; 1 statement."""
    return rounds_where(and_(FundRound.fund_id.in_(sorted(fund_ids)), round_is_public()), language)


def public_round(fund_id: int, slug: str, language: str) -> RoundFacts | None:
    """A round that everybody sees; 1 statement."""
    found = rounds_where(
        and_(FundRound.fund_id == fund_id, FundRound.slug == slug, round_is_public()), language
    )
    return found[0] if found else None


def public_names() -> dict[str, list[str]]:
    """The names of all public funds, and those of their public rounds; 1 statement."""
    rows = rows_of(
        select(Fund.slug, FundRound.slug.label("round"))
        .outerjoin(FundRound, and_(FundRound.fund_id == Fund.id, FundRound.published_at.is_not(None)))
        .where(fund_is_public())
        .order_by(Fund.id, FundRound.id)
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.slug, []).extend([row.round] if row.round is not None else [])
    return found


def histories_by_year(fund_id: int, first_year: int) -> dict[int, list[list[StateChange]]]:
    """The steps of a fund's projects, by the year of their round, from a year on; 1 statement."""
    rows = rows_of(
        select(FundRound.year, ProjectStep.project_id, ProjectStep.state, ProjectStep.on_day)
        .join(FundProject, FundProject.id == ProjectStep.project_id)
        .join(FundRound, FundRound.id == FundProject.round_id)
        .where(
            FundRound.fund_id == fund_id,
            FundRound.year >= first_year,
            FundRound.published_at.is_not(None),
        )
        .order_by(ProjectStep.project_id, ProjectStep.position)
    ).all()
    found: dict[int, list[list[StateChange]]] = {}
    for year in {row.year for row in rows}:
        histories = histories_of((row.project_id, row.state, row.on_day) for row in rows if row.year == year)
        found[year] = list(histories.values())
    return found
