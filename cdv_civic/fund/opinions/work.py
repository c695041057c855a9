"""Projects that wait for the opinion of a body, until the day that their round promised."""

from typing import Any

from flask import Flask, url_for
from sqlalchemy import Select, exists, func, or_, select

from cdv_civic.accounts.reach import bodies_worked_for
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.work_sources import WorkSource, register_work, waiting
from cdv_civic.fund.linked import carried_by
from cdv_civic.fund.models.choosing import ProjectOpinion
from cdv_civic.fund.models.funds import FundRound, fund_body
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.scopes import GIVE_OPINION
from cdv_civic.territory.models import Body


def to_judge(actor: Actor, reach: Reach) -> Select[Any]:
    """Projects that a body has not judged yet; neither those that it carries, nor those that the actor does."""
    given = exists().where(ProjectOpinion.project_id == FundProject.id, ProjectOpinion.body_id == Body.id)
    return (
        select(
            *waiting(
                since=FundProject.state_on, due=FundRound.opinion_until, place_id=Body.id, place=Body.name
            )
        )
        .join_from(FundProject, FundRound, FundRound.id == FundProject.round_id)
        .join(fund_body, fund_body.c.fund_id == FundProject.fund_id)
        .join(Body, Body.id == fund_body.c.body_id)
        .where(
            FundProject.state == ProjectState.OPINION.value,
            bodies_worked_for(reach),
            Body.retired_at.is_(None),
            or_(FundProject.body_id.is_(None), FundProject.body_id != Body.id),
            ~given.correlate(FundProject, Body),
            ~func.coalesce(carried_by(actor.actor_id), False),
        )
    )


def register(app: Flask) -> None:
    """Declare them."""
    register_work(
        app,
        WorkSource(
            "opinions-to-give",
            GIVE_OPINION,
            to_judge,
            lambda count: ngettext(
                "%(num)s projet attend l’avis du groupe", "%(num)s projets attendent l’avis du groupe", count
            ),
            lambda _place: url_for("opinions_desk.index"),
            "message-2",
            by_place=True,
        ),
    )
