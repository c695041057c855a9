"""Projects that bodies judge, and what they said of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select

from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import Localized, Words, texts_in_all
from cdv_civic.core.policy.model import Reach
from cdv_civic.fund.linked import carried_by
from cdv_civic.fund.models.choosing import ProjectOpinion
from cdv_civic.fund.models.funds import Fund, FundRound, fund_body
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.opinions.wording import STANCES
from cdv_civic.fund.project_reading import carrier_words
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.territory.models import Body
from cdv_civic.territory.scopes import bodies_within
from cdv_civic.territory.vocabulary import CodedTerm

#: Projects on the page of opinions; a fund has some dozens at a time.
MOST_LISTED: Final = 500
#: States with which the opinion on a project is read by everybody.
DECIDED: Final = frozenset(ProjectState) - {
    ProjectState.SUBMITTED,
    ProjectState.INCOMPLETE,
    ProjectState.ADMISSIBLE,
    ProjectState.INADMISSIBLE,
    ProjectState.OPINION,
    ProjectState.IN_CHOICE,
    ProjectState.ABANDONED,
}


@dataclass(frozen=True)
class AskedOpinion:
    """A project on which a body gives its opinion."""

    project_id: int
    number: int
    title: str
    lang: str | None
    carrier: Any
    fund: Words
    round: Words
    asked_cents: int
    until: date | None
    #: Nobody has to hurry any more: it waits for its choice.
    in_choice: bool
    stance: CodedTerm | None


@dataclass(frozen=True)
class JudgingBody:
    """A body with the projects that it is asked about."""

    id: int
    name: str
    to_judge: Sequence[AskedOpinion]
    given: Sequence[AskedOpinion]
    #: Projects that it carries itself, and gives no opinion on.
    own: Sequence[AskedOpinion]
    #: How many the reader carries: they are neither shown nor judged by them.
    linked: int


def is_judged() -> ColumnElement[bool]:
    """The condition that a `FundProject` can be judged by bodies: it waits for their opinion, or for its choice."""
    return FundProject.state.in_([ProjectState.OPINION.value, ProjectState.IN_CHOICE.value])


def judging_bodies(reach: Reach, account_id: int | None, language: str) -> list[JudgingBody]:
    """The bodies within reach that are asked about something; what ends first comes first. 1 statement."""
    fund, title = (
        Localized("fund_name", Fund.name_id, language),
        Localized("round_title", FundRound.title_id, language),
    )
    statement: Any = (
        select(
            Body.id.label("body_id"),
            Body.name.label("body_name"),
            FundProject.id,
            FundProject.number,
            FundProject.title,
            FundProject.lang,
            FundProject.carrier_name,
            FundProject.signed,
            FundProject.carrier_kind,
            FundProject.asked_cents,
            FundProject.state,
            FundProject.body_id.label("carrier_id"),
            carried_by(account_id).label("linked"),
            FundRound.opinion_until,
            ProjectOpinion.stance,
            *fund.columns,
            *title.columns,
        )
        .select_from(Body)
        .join(fund_body, fund_body.c.body_id == Body.id)
        .join(Fund, Fund.id == fund_body.c.fund_id)
        .join(FundProject, FundProject.fund_id == Fund.id)
        .join(FundRound, FundRound.id == FundProject.round_id)
        .outerjoin(
            ProjectOpinion,
            and_(ProjectOpinion.project_id == FundProject.id, ProjectOpinion.body_id == Body.id),
        )
        .where(
            bodies_within(reach),
            Body.retired_at.is_(None),
            is_judged(),
            or_(FundProject.state == ProjectState.OPINION.value, ProjectOpinion.id.is_not(None)),
        )
        .order_by(
            Body.name, Body.id, FundRound.opinion_until.is_(None), FundRound.opinion_until, FundProject.id
        )
        .limit(MOST_LISTED)
    )
    found: dict[int, list[Any]] = {}
    for row in rows_of(title.join(fund.join(statement))):
        found.setdefault(row.body_id, []).append(row)
    return [_body(rows, fund, title) for rows in found.values()]


def _body(rows: Sequence[Any], fund: Localized, title: Localized) -> JudgingBody:
    seen = [row for row in rows if not row.linked]
    own = [row for row in seen if row.carrier_id == row.body_id]
    others = [row for row in seen if row.carrier_id != row.body_id]

    def asked(which: Iterable[Any]) -> list[AskedOpinion]:
        return [
            AskedOpinion(
                row.id,
                row.number,
                row.title,
                row.lang,
                carrier_words(row),
                fund.words(row),
                title.words(row),
                row.asked_cents,
                row.opinion_until,
                row.state == ProjectState.IN_CHOICE.value,
                STANCES[row.stance] if row.stance else None,
            )
            for row in which
        ]

    return JudgingBody(
        rows[0].body_id,
        rows[0].body_name,
        asked(row for row in others if row.stance is None),
        asked(row for row in others if row.stance is not None),
        asked(own),
        sum(bool(row.linked) for row in rows),
    )


@dataclass(frozen=True)
class AskedBody:
    """A body that is asked about one project, and the project's place in it."""

    id: int
    name: str
    state: str
    #: Whether it carries the project itself.
    own: bool
    #: Whether the reader carries it.
    linked: bool
    open: bool


def asked_body(body_id: int, project_id: int, account_id: int | None) -> AskedBody | None:
    """A body that is asked about a project, or has given its opinion; None: neither. 1 statement."""
    row = rows_of(
        select(
            Body.id,
            Body.name,
            FundProject.state,
            FundProject.body_id.label("carrier_id"),
            carried_by(account_id).label("linked"),
        )
        .select_from(Body)
        .join(FundProject, FundProject.id == project_id)
        .outerjoin(
            fund_body, and_(fund_body.c.body_id == Body.id, fund_body.c.fund_id == FundProject.fund_id)
        )
        .outerjoin(
            ProjectOpinion,
            and_(ProjectOpinion.project_id == FundProject.id, ProjectOpinion.body_id == Body.id),
        )
        .where(
            Body.id == body_id,
            or_(and_(fund_body.c.body_id.is_not(None), is_judged()), ProjectOpinion.id.is_not(None)),
        )
    ).first()
    if row is None:
        return None
    is_open = row.state in (ProjectState.OPINION.value, ProjectState.IN_CHOICE.value)
    return AskedBody(row.id, row.name, row.state, row.carrier_id == row.id, bool(row.linked), is_open)


@dataclass(frozen=True)
class GivenOpinion:
    """What a body said of a project."""

    body: str
    body_id: int
    stance: CodedTerm
    reasons: Words
    given_on: date
    aside: int
    version: int


def opinions_of(project_id: int, language: str, *, decided: bool = False) -> list[GivenOpinion]:
    """The opinions on a project, for those who run its fund or gave one; with `decided`, as everybody reads them: none
    before the decision. 1 statement."""
    reasons = Localized("reasons", ProjectOpinion.reasons_id, language)
    statement = (
        select(
            Body.name,
            ProjectOpinion.body_id,
            ProjectOpinion.stance,
            ProjectOpinion.given_on,
            ProjectOpinion.aside,
            ProjectOpinion.version,
            *reasons.columns,
        )
        .join(Body, Body.id == ProjectOpinion.body_id)
        .join(FundProject, FundProject.id == ProjectOpinion.project_id)
        .where(ProjectOpinion.project_id == project_id)
        .order_by(ProjectOpinion.given_on, ProjectOpinion.id)
    )
    if decided:
        statement = statement.where(FundProject.state.in_([each.value for each in DECIDED]))
    return [
        GivenOpinion(
            row.name,
            row.body_id,
            STANCES[row.stance],
            reasons.words(row),
            row.given_on,
            row.aside,
            row.version,
        )
        for row in rows_of(reasons.join(statement))
    ]


def reasons_in_all(body_id: int, project_id: int) -> Mapping[str, str]:
    """The reasons of a body in all their languages; 3 statements at most."""
    text_id = db.session.execute(
        select(ProjectOpinion.reasons_id).where(
            ProjectOpinion.project_id == project_id, ProjectOpinion.body_id == body_id
        )
    ).scalar()
    return texts_in_all(text_id)[0]
