"""The desk: reviews by what they wait for, within reach."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from cdv_civic.core import clock
from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.paging import Cursor, Page, page_of, window
from cdv_civic.core.policy.model import Reach
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.fund.models.funds import Fund
from cdv_civic.fund.models.projects import FundProject, ProjectFile, ProjectReview, ProjectStep
from cdv_civic.fund.reviews.conditions import awaited, of_review, to_read
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.rules.reviews import ReviewStage
from cdv_civic.fund.scopes import funds_within

PER_PAGE: Final = 30


@dataclass(frozen=True)
class ListedReview:
    """A line of the desk's list."""

    id: int
    number: int
    title: str
    lang: str | None
    #: Of an association, a school; else of the person to write to.
    carrier: str
    fund: Words
    granted_cents: int
    returned_cents: int
    due_on: date | None
    reminded_on: date | None
    sent_on: date | None


def _in_stage(stage: ReviewStage) -> ColumnElement[bool]:
    past = FundProject.review_due_on < clock.today()
    done = FundProject.state == ProjectState.DONE.value
    match stage:
        case ReviewStage.TO_READ:
            return and_(done, ProjectReview.taken_at.is_(None), to_read())
        case ReviewStage.LATE:
            return and_(awaited(), past)
        case ReviewStage.ASKED:
            return and_(
                done, ProjectReview.taken_at.is_(None), ProjectReview.asked_at > ProjectReview.sent_at
            )
        case ReviewStage.AWAITED:
            in_time = or_(FundProject.review_due_on.is_(None), ~past)
            return and_(FundProject.state == ProjectState.PAID.value, in_time)
        case ReviewStage.STOPPED:
            paid = exists(
                select(ProjectStep.id).where(
                    ProjectStep.project_id == FundProject.id, ProjectStep.state == ProjectState.PAID.value
                )
            )
            return and_(FundProject.state == ProjectState.ABANDONED.value, paid)
        case ReviewStage.TAKEN:
            return ProjectReview.taken_at.is_not(None)


def _reviews(*columns: Any, stage: ReviewStage, reach: Reach, fund_id: int | None) -> Select[Any]:
    statement = (
        select(*columns)
        .select_from(FundProject)
        .join(Fund, Fund.id == FundProject.fund_id)
        .outerjoin(ProjectReview, ProjectReview.project_id == FundProject.id)
        .where(funds_within(reach), _in_stage(stage))
    )
    return statement if fund_id is None else statement.where(FundProject.fund_id == fund_id)


def reviews_page(
    stage: ReviewStage, reach: Reach, fund_id: int | None, language: str, cursor: Cursor | None
) -> Page[ListedReview]:
    """A page of reviews that wait for the same, the oldest project first; 1 statement."""
    fund = Localized("fund_name", Fund.name_id, language)
    statement = _reviews(
        FundProject.id,
        FundProject.number,
        FundProject.title,
        FundProject.lang,
        FundProject.carrier_name,
        FundProject.contact_name,
        FundProject.granted_cents,
        FundProject.returned_cents,
        FundProject.review_due_on,
        FundProject.reminded_on,
        ProjectReview.sent_at,
        *fund.columns,
        stage=stage,
        reach=reach,
        fund_id=fund_id,
    )
    rows = [
        ListedReview(
            row.id,
            row.number,
            row.title,
            row.lang,
            row.carrier_name or row.contact_name,
            fund.words(row),
            row.granted_cents,
            row.returned_cents,
            row.review_due_on,
            row.reminded_on,
            row.sent_at.astimezone(clock.zone()).date() if row.sent_at else None,
        )
        for row in rows_of(window(fund.join(statement), [FundProject.id], cursor, PER_PAGE))
    ]
    return page_of(rows, cursor, PER_PAGE, lambda row: (row.id,))


def how_many(reach: Reach, fund_id: int | None) -> Mapping[ReviewStage, int]:
    """How many reviews wait for what; 1 statement."""
    counts = [
        _reviews(func.count(), stage=stage, reach=reach, fund_id=fund_id).scalar_subquery()
        for stage in ReviewStage
    ]
    found = db.session.execute(select(*counts)).one()
    return dict(zip(ReviewStage, map(int, found), strict=True))


def name_of_fund(fund_id: int, reach: Reach, language: str) -> Words | None:
    """The name of a fund within reach; 1 statement."""
    name = Localized("fund_name", Fund.name_id, language)
    row = rows_of(
        name.join(select(*name.columns).where(Fund.id == fund_id, funds_within(reach)))
    ).one_or_none()
    return None if row is None else name.words(row)


def file_at_desk(project_id: int, file_id: int) -> StoredFile | None:
    """A photo or a proof of a project; 1 statement."""
    return db.session.execute(
        select(StoredFile)
        .join(ProjectFile, ProjectFile.file_id == StoredFile.id)
        .where(
            ProjectFile.id == file_id,
            ProjectFile.project_id == project_id,
            of_review(),
        )
    ).scalar()
