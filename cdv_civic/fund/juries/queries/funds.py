"""Commissions at the desk: those within reach, and one with its members and meetings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, select

from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.policy.model import Reach
from cdv_civic.fund.models.choosing import JuryItem, JuryMeeting, JuryMember
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.rules.fund_rules import FundRules, from_data
from cdv_civic.fund.rules.juries import JurySide, JuryWarning, commission_decides, jury_warnings
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.scopes import funds_within
from cdv_civic.territory.models import Body


def is_waiting() -> Any:
    """The condition that a `FundProject` waits for a choice, and is on the agenda of no open meeting."""
    on_agenda = exists().where(
        JuryItem.project_id == FundProject.id,
        JuryMeeting.id == JuryItem.meeting_id,
        JuryMeeting.closed_at.is_(None),
    )
    return (FundProject.state == ProjectState.IN_CHOICE.value) & ~on_agenda.correlate(FundProject)


@dataclass(frozen=True)
class JuryLine:
    """A fund with its commission, in a list."""

    fund_id: int
    name: Words
    members: int
    #: Projects that wait for a meeting.
    waiting: int
    #: The next meeting that is not closed.
    next_at: datetime | None


def juries_within(reach: Reach, language: str) -> list[JuryLine]:
    """The funds within reach with their commissions; 1 statement."""
    name = Localized("name", Fund.name_id, language)
    members = (
        select(func.count())
        .select_from(JuryMember)
        .where(JuryMember.fund_id == Fund.id, JuryMember.left_on.is_(None))
        .scalar_subquery()
    )
    waiting = (
        select(func.count())
        .select_from(FundProject)
        .where(FundProject.fund_id == Fund.id, is_waiting())
        .scalar_subquery()
    )
    next_at = (
        select(func.min(JuryMeeting.starts_at))
        .where(JuryMeeting.fund_id == Fund.id, JuryMeeting.closed_at.is_(None))
        .scalar_subquery()
    )
    statement: Any = select(
        Fund.id,
        members.label("members"),
        waiting.label("waiting"),
        next_at.label("next_at"),
        *name.columns,
    ).where(funds_within(reach))
    rows = db.session.execute(name.join(statement).order_by(Fund.id.desc()))
    return [JuryLine(row.id, name.words(row), row.members, row.waiting, row.next_at) for row in rows]


@dataclass(frozen=True)
class JurySeat:
    """Somebody who sits, or sat, as the desk sees them."""

    id: int
    name: str
    side: str
    represents: str
    linked: bool
    body_id: int | None
    body: str | None
    since_on: date
    left_on: date | None
    version: int


@dataclass(frozen=True)
class MeetingLine:
    """A meeting in a list."""

    id: int
    round: Words
    starts_at: datetime
    place: str
    projects: int
    closed: bool
    published: bool


@dataclass(frozen=True)
class JuryRound:
    """A round on which a commission may meet."""

    id: int
    title: Words
    rules: FundRules
    waiting: int

    @property
    def decides(self) -> bool:
        """Whether a commission decides in it."""
        return commission_decides(self.rules.choice)


@dataclass(frozen=True)
class JuryFund:
    """A fund, as the pages of its commission know it."""

    id: int
    slug: str
    name: Words
    contract_id: int
    commune_id: int | None
    owner_id: int | None
    rules: FundRules


@dataclass(frozen=True)
class Commission:
    """All of a commission."""

    members: Sequence[JurySeat]
    former: Sequence[JurySeat]
    rounds: Sequence[JuryRound]
    meetings: Sequence[MeetingLine]
    warnings: Sequence[JuryWarning]


def jury_fund(fund_id: int, language: str) -> JuryFund | None:
    """A fund; 1 statement."""
    name = Localized("name", Fund.name_id, language)
    statement: Any = select(
        Fund.id, Fund.slug, Fund.contract_id, Fund.commune_id, Fund.owner_id, Fund.rules, *name.columns
    ).where(Fund.id == fund_id)
    row = db.session.execute(name.join(statement)).first()
    if row is None:
        return None
    return JuryFund(
        row.id, row.slug, name.words(row), row.contract_id, row.commune_id, row.owner_id, from_data(row.rules)
    )


def members_of(fund_id: int, *, former: bool = False) -> list[JurySeat]:
    """Those who sit, by side and name; with `former` those who sat. 1 statement."""
    rows = db.session.execute(
        select(JuryMember, Body.name)
        .outerjoin(Body, Body.id == JuryMember.body_id)
        .where(
            JuryMember.fund_id == fund_id,
            JuryMember.left_on.is_not(None) if former else JuryMember.left_on.is_(None),
        )
        .order_by(JuryMember.side, JuryMember.name, JuryMember.id),
        execution_options={"populate_existing": True},
    )
    return [
        JurySeat(
            row.id,
            row.name,
            row.side,
            row.represents,
            row.account_id is not None,
            row.body_id,
            body,
            row.since_on,
            row.left_on,
            row.version,
        )
        for row, body in rows
    ]


def commission_of(fund: JuryFund, language: str) -> Commission:
    """The commission of a fund; 4 statements."""
    title = Localized("title", FundRound.title_id, language)
    waiting = (
        select(func.count())
        .select_from(FundProject)
        .where(FundProject.round_id == FundRound.id, is_waiting())
        .scalar_subquery()
    )
    rounds: Any = (
        select(FundRound.id, FundRound.rules, waiting.label("waiting"), *title.columns)
        .where(FundRound.fund_id == fund.id, FundRound.published_at.is_not(None))
        .order_by(FundRound.id.desc())
    )
    projects = (
        select(func.count())
        .select_from(JuryItem)
        .where(JuryItem.meeting_id == JuryMeeting.id)
        .scalar_subquery()
    )
    meetings: Any = (
        select(
            JuryMeeting.id,
            JuryMeeting.starts_at,
            JuryMeeting.place,
            JuryMeeting.closed_at,
            JuryMeeting.minutes_at,
            projects.label("projects"),
            *title.columns,
        )
        .join(FundRound, FundRound.id == JuryMeeting.round_id)
        .where(JuryMeeting.fund_id == fund.id)
        .order_by(JuryMeeting.starts_at.desc(), JuryMeeting.id.desc())
    )
    members = members_of(fund.id)
    return Commission(
        members,
        members_of(fund.id, former=True),
        [
            JuryRound(row.id, title.words(row), from_data(row.rules), row.waiting)
            for row in db.session.execute(title.join(rounds))
        ],
        [
            MeetingLine(
                row.id,
                title.words(row),
                row.starts_at,
                row.place,
                row.projects,
                row.closed_at is not None,
                row.minutes_at is not None,
            )
            for row in db.session.execute(title.join(meetings))
        ],
        jury_warnings(fund.rules.jury, [JurySide(each.side) for each in members]),
    )


def bodies_of_contract(contract_id: int) -> list[tuple[int, str]]:
    """The bodies that may send a member; 1 statement."""
    rows = rows_of(
        select(Body.id, Body.name)
        .where(Body.contract_id == contract_id, Body.retired_at.is_(None))
        .order_by(Body.name, Body.id)
    )
    return [(row.id, row.name) for row in rows]
