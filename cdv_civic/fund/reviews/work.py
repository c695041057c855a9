"""Reviews that the desk is to read, and those that are late. Counts and days only."""

from typing import Any

from flask import Flask, url_for
from sqlalchemy import Select, select

from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.localized import LocalizedText
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.work_sources import WorkSource, day_of, register_work, waiting
from cdv_civic.fund.models.funds import Fund
from cdv_civic.fund.models.projects import FundProject, ProjectReview
from cdv_civic.fund.reviews.conditions import awaited, to_read
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.rules.reviews import ReviewStage
from cdv_civic.fund.scopes import INSTRUCT, funds_within


def reviews_to_read(_actor: Actor, reach: Reach) -> Select[Any]:
    """Reviews that came in, or came again with what was missing."""
    return (
        select(*waiting(since=day_of(ProjectReview.sent_at), place_id=Fund.id, place=LocalizedText.original))
        .join_from(FundProject, ProjectReview, ProjectReview.project_id == FundProject.id)
        .join(Fund, Fund.id == FundProject.fund_id)
        .join(LocalizedText, LocalizedText.id == Fund.name_id)
        .where(
            funds_within(reach),
            FundProject.state == ProjectState.DONE.value,
            ProjectReview.taken_at.is_(None),
            to_read(),
        )
    )


def late_reviews(_actor: Actor, reach: Reach) -> Select[Any]:
    """Projects that were paid, and whose carriers have not told what happened by the day."""
    return (
        select(*waiting(due=FundProject.review_due_on, place_id=Fund.id, place=LocalizedText.original))
        .join_from(FundProject, Fund, Fund.id == FundProject.fund_id)
        .join(LocalizedText, LocalizedText.id == Fund.name_id)
        .where(funds_within(reach), awaited(), FundProject.review_due_on < clock.today())
    )


def _url(stage: ReviewStage) -> Any:
    return lambda fund_id: url_for("reviews_desk.index", etape=stage.value, fonds=fund_id)


def register(app: Flask) -> None:
    """Declare both."""
    register_work(
        app,
        WorkSource(
            "reviews-to-read",
            INSTRUCT,
            reviews_to_read,
            lambda count: ngettext(
                "%(num)s bilan de projet à lire", "%(num)s bilans de projets à lire", count
            ),
            _url(ReviewStage.TO_READ),
            "checkbox",
            by_place=True,
        ),
    )
    register_work(
        app,
        WorkSource(
            "late-reviews",
            INSTRUCT,
            late_reviews,
            lambda count: ngettext(
                "%(num)s bilan de projet en retard", "%(num)s bilans de projets en retard", count
            ),
            _url(ReviewStage.LATE),
            "clock",
            by_place=True,
        ),
    )
