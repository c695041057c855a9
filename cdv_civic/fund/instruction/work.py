"""What waits for whoever instructs: projects to look at, that came back, that are late, to notify, to pay. No words."""

from collections.abc import Callable
from typing import Any

from flask import Flask, url_for
from sqlalchemy import ColumnElement, Select, case, exists, not_, or_, select
from sqlalchemy.orm import aliased

from cdv_civic.core import clock
from cdv_civic.core.database_dates import days_after
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.localized import LocalizedText
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.work_sources import WorkSource, register_work, waiting
from cdv_civic.fund.instruction.queries.rounds import is_late
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import FundProject, ProjectStep
from cdv_civic.fund.rules.fund_rules import CarrierKind
from cdv_civic.fund.rules.projects import PAYMENT_DAYS, ProjectState
from cdv_civic.fund.scopes import INSTRUCT, funds_within


def _projects(reach: Reach, due: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            *waiting(since=FundProject.state_on, due=due, place_id=FundRound.id, place=LocalizedText.original)
        )
        .join_from(Fund, FundRound, FundRound.fund_id == Fund.id)
        .join(FundProject, FundProject.round_id == FundRound.id)
        .join(LocalizedText, LocalizedText.id == FundRound.title_id)
        .where(funds_within(reach), *conditions)
    )


def _in(state: ProjectState) -> ColumnElement[bool]:
    return FundProject.state == state.value


def _came_back() -> ColumnElement[bool]:
    """The condition that a project was incomplete once."""
    step = aliased(ProjectStep)
    return exists(
        select(step.id).where(step.project_id == FundProject.id, step.state == ProjectState.INCOMPLETE.value)
    )


def _not_late() -> ColumnElement[bool]:
    """What is late is said once, as late."""
    return or_(FundProject.return_by.is_(None), FundProject.return_by >= clock.today())


def to_look_at(_actor: Actor, reach: Reach) -> Select[Any]:
    """Projects that came in, since then; due by the day that their round promised."""
    return _projects(
        reach,
        FundRound.instruction_until,
        _in(ProjectState.SUBMITTED),
        not_(_came_back()),
        _not_late(),
    )


def completed(_actor: Actor, reach: Reach) -> Select[Any]:
    """Projects in which something was missing, and whose carriers answered."""
    return _projects(
        reach, FundRound.instruction_until, _in(ProjectState.SUBMITTED), _came_back(), _not_late()
    )


def overdue(_actor: Actor, reach: Reach) -> Select[Any]:
    """Projects whose service, or whose carrier, was to answer by a day that is past."""
    return _projects(reach, FundProject.return_by, is_late(clock.today()))


def to_notify(_actor: Actor, reach: Reach) -> Select[Any]:
    """Projects that were selected, and whose letter has not left."""
    return _projects(reach, FundRound.decision_until, _in(ProjectState.SELECTED))


def to_pay(_actor: Actor, reach: Reach) -> Select[Any]:
    """Projects that were notified and not paid: an association waits 60 days at most, others as their round says."""
    due = case(
        (
            FundProject.carrier_kind == CarrierKind.ASSOCIATION.value,
            days_after(FundProject.state_on, PAYMENT_DAYS),
        ),
        else_=FundRound.payment_until,
    )
    return _projects(reach, due, _in(ProjectState.NOTIFIED))


def _url_of(**filters: Any) -> Callable[[int | None], str]:
    return lambda round_id: url_for("projects_desk.projects", round_id=round_id, **filters)


def register(app: Flask) -> None:
    """Declare all five."""
    sources = (
        WorkSource(
            "projects-to-look-at",
            INSTRUCT,
            to_look_at,
            lambda count: ngettext("%(num)s projet est à regarder", "%(num)s projets sont à regarder", count),
            _url_of(etat=ProjectState.SUBMITTED.value),
            "inbox",
            by_place=True,
        ),
        WorkSource(
            "projects-completed",
            INSTRUCT,
            completed,
            lambda count: ngettext(
                "%(num)s projet a été complété, il est à regarder de nouveau",
                "%(num)s projets ont été complétés, ils sont à regarder de nouveau",
                count,
            ),
            _url_of(etat=ProjectState.SUBMITTED.value),
            "pencil",
            by_place=True,
        ),
        WorkSource(
            "projects-overdue",
            INSTRUCT,
            overdue,
            lambda count: ngettext(
                "%(num)s projet attend un retour, la date est passée",
                "%(num)s projets attendent un retour, la date est passée",
                count,
            ),
            _url_of(retard="1"),
            "alarm",
            by_place=True,
        ),
        WorkSource(
            "projects-to-notify",
            INSTRUCT,
            to_notify,
            lambda count: ngettext(
                "%(num)s projet est retenu, la lettre est à envoyer",
                "%(num)s projets sont retenus, les lettres sont à envoyer",
                count,
            ),
            _url_of(etat=ProjectState.SELECTED.value),
            "mail",
            by_place=True,
        ),
        WorkSource(
            "projects-to-pay",
            INSTRUCT,
            to_pay,
            lambda count: ngettext("%(num)s projet est à payer", "%(num)s projets sont à payer", count),
            _url_of(etat=ProjectState.NOTIFIED.value),
            "coin",
            by_place=True,
        ),
    )
    for source in sources:
        register_work(app, source)
