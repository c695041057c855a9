"""What a review waits for, as conditions on rows."""

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from cdv_civic.fund.models.projects import FundProject, ProjectFile, ProjectReview
from cdv_civic.fund.rules.files import OF_THE_DEPOSIT, ProjectFileKind
from cdv_civic.fund.rules.projects import ProjectState


def awaited() -> ColumnElement[bool]:
    """The condition that the carrier of a `FundProject` is to tell something: all of it, or what is missing."""
    review = aliased(ProjectReview)
    asked = exists(
        select(review.project_id).where(
            review.project_id == FundProject.id,
            review.taken_at.is_(None),
            review.asked_at > review.sent_at,
        )
    ).correlate(FundProject)
    return or_(
        FundProject.state == ProjectState.PAID.value,
        and_(FundProject.state == ProjectState.DONE.value, asked),
    )


def to_read() -> ColumnElement[bool]:
    """The condition that a `ProjectReview` waits for the desk: of a project that is `DONE`."""
    return or_(ProjectReview.asked_at.is_(None), ProjectReview.asked_at <= ProjectReview.sent_at)


def of_review() -> ColumnElement[bool]:
    """The condition that a `ProjectFile` is a photo or a proof of a review: neither a quote, nor the photo of the
    deposit, which the desk hid."""
    return and_(ProjectFile.kind != ProjectFileKind.QUOTE.value, ProjectFile.position > OF_THE_DEPOSIT)
