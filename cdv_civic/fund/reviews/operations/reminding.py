"""Carriers whose review is late are reminded, every 30 days at most."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from cdv_civic.core import background, clock
from cdv_civic.core.db import db, transaction
from cdv_civic.fund.letters import remind_of_review
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.operations.locking import held_project
from cdv_civic.fund.reviews.conditions import awaited
from cdv_civic.fund.rules.reviews import REMINDER_DAYS, may_remind

#: Reminded at one run; the next one goes on.
_AT_ONCE = 500


def _late() -> ColumnElement[bool]:
    today = clock.today()
    return and_(
        awaited(),
        FundProject.review_due_on < today,
        FundProject.contact.is_not(None),
        or_(
            FundProject.reminded_on.is_(None),
            FundProject.reminded_on <= today - timedelta(days=REMINDER_DAYS),
        ),
    )


def anyone_to_remind() -> bool:
    """Whether a late review is to be spoken of; 1 statement."""
    return db.session.execute(select(FundProject.id).where(_late()).limit(1)).first() is not None


def remind_late() -> int:
    """Remind the carriers of late reviews; how many. A job: whoever was reminded today is not reminded again."""
    ids = db.session.execute(
        select(FundProject.id).where(_late()).order_by(FundProject.id).limit(_AT_ONCE)
    ).scalars()
    return background.one_by_one("the review of the project", list(ids), _remind)


def _remind(project_id: int) -> int:
    with transaction() as session:
        project = held_project(session, project_id)
        still = session.execute(select(FundProject.id).where(FundProject.id == project_id, awaited())).first()
        if still is None or not may_remind(project.review_due_on, project.reminded_on, clock.today()):
            return 0
        project.reminded_on = clock.today()
        session.flush()
        remind_of_review(session, project)
    return 1
