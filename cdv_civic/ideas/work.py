"""Ideas whose promised day has passed without an answer, and objections to answer. Counts and days only."""

from typing import Any

from flask import Flask, url_for
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from cdv_civic.accounts.reach import bodies_worked_for
from cdv_civic.core import clock
from cdv_civic.core.database_dates import days_after
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.localized import LocalizedText
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.work_sources import WorkSource, day_of, register_work, waiting
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaObjection
from cdv_civic.ideas.scopes import ACTION, boxes_within
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.queries.public import is_public
from cdv_civic.territory.models import Body


def _kept_by(reach: Reach) -> ColumnElement[bool]:
    """The condition that a box is the work of whoever has this reach: the people of its body come first."""
    return or_(
        IdeaBox.body_id.in_(select(Body.id).where(bodies_worked_for(reach))),
        and_(IdeaBox.body_id.is_(None), boxes_within(reach)),
    )


def to_answer(_actor: Actor, reach: Reach) -> Select[Any]:
    """Public ideas without an answer, once the day that their box promised is past."""
    due = func.coalesce(IdeaBox.answer_due_on, days_after(Idea.received_on, IdeaBox.answer_days))
    return (
        select(*waiting(since=Idea.received_on, due=due, place_id=IdeaBox.id, place=LocalizedText.original))
        .join_from(IdeaBox, Idea, Idea.box_id == IdeaBox.id)
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .join(LocalizedText, LocalizedText.id == IdeaBox.title_id)
        .where(
            _kept_by(reach),
            IdeaBox.published_at.is_not(None),
            IdeaBox.withdrawn_at.is_(None),
            Idea.answered_at.is_(None),
            Idea.taken_back_at.is_(None),
            is_public(),
            due < clock.today(),
        )
    )


def objections(_actor: Actor, reach: Reach) -> Select[Any]:
    """Objections to a group that nobody has answered, while their idea is there."""
    return (
        select(
            *waiting(
                since=day_of(IdeaObjection.received_at), place_id=IdeaBox.id, place=LocalizedText.original
            )
        )
        .join_from(IdeaObjection, Idea, Idea.id == IdeaObjection.idea_id)
        .join(IdeaBox, IdeaBox.id == Idea.box_id)
        .join(LocalizedText, LocalizedText.id == IdeaBox.title_id)
        .where(_kept_by(reach), IdeaObjection.answered_at.is_(None), Idea.taken_back_at.is_(None))
    )


def _url(box_id: int | None) -> str:
    return url_for("ideas_desk.box", box_id=box_id)


def register(app: Flask) -> None:
    """Declare both."""
    register_work(
        app,
        WorkSource(
            "ideas-to-answer",
            ACTION,
            to_answer,
            lambda count: ngettext(
                "%(num)s idée attend une réponse, la date promise est passée",
                "%(num)s idées attendent une réponse, la date promise est passée",
                count,
            ),
            _url,
            "bulb",
            by_place=True,
        ),
    )
    register_work(
        app,
        WorkSource(
            "idea-objections",
            ACTION,
            objections,
            lambda count: ngettext(
                "%(num)s personne dit que le groupe de son idée ne va pas",
                "%(num)s personnes disent que le groupe de leur idée ne va pas",
                count,
            ),
            _url,
            "message-2",
            by_place=True,
        ),
    )
