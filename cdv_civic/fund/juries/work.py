"""Projects that wait for a meeting of their commission, and meetings that were held and are not closed."""

from typing import Any

from flask import Flask, url_for
from sqlalchemy import Select, select

from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.localized import LocalizedText
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.work_sources import WorkSource, day_of, register_work, waiting
from cdv_civic.fund.juries.queries.funds import is_waiting
from cdv_civic.fund.models.choosing import JuryMeeting
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.rules.fund_rules import ChoiceMode
from cdv_civic.fund.scopes import EDIT, funds_within


def to_choose(_actor: Actor, reach: Reach) -> Select[Any]:
    """Projects in choice that no open meeting has on its agenda, where a commission decides."""
    return (
        select(
            *waiting(
                since=FundProject.state_on,
                due=FundRound.decision_until,
                place_id=Fund.id,
                place=LocalizedText.original,
            )
        )
        .join_from(Fund, FundProject, FundProject.fund_id == Fund.id)
        .join(FundRound, FundRound.id == FundProject.round_id)
        .join(LocalizedText, LocalizedText.id == Fund.name_id)
        .where(
            funds_within(reach),
            is_waiting(),
            FundRound.rules["choice"].as_string() != ChoiceMode.VOTE.value,
        )
    )


def to_close(_actor: Actor, reach: Reach) -> Select[Any]:
    """Meetings that began, and whose decisions are not written."""
    return (
        select(
            *waiting(
                since=day_of(JuryMeeting.starts_at),
                due=day_of(JuryMeeting.starts_at),
                place_id=JuryMeeting.id,
                place=LocalizedText.original,
            )
        )
        .join_from(Fund, JuryMeeting, JuryMeeting.fund_id == Fund.id)
        .join(LocalizedText, LocalizedText.id == Fund.name_id)
        .where(funds_within(reach), JuryMeeting.closed_at.is_(None), JuryMeeting.starts_at <= clock.now())
    )


def register(app: Flask) -> None:
    """Declare both."""
    register_work(
        app,
        WorkSource(
            "projects-to-choose",
            EDIT,
            to_choose,
            lambda count: ngettext(
                "%(num)s projet attend une réunion de la commission",
                "%(num)s projets attendent une réunion de la commission",
                count,
            ),
            lambda place: url_for("juries_desk.fund", fund_id=place),
            "users-group",
            by_place=True,
        ),
    )
    register_work(
        app,
        WorkSource(
            "juries-to-close",
            EDIT,
            to_close,
            lambda count: ngettext(
                "%(num)s réunion de commission à clore", "%(num)s réunions de commission à clore", count
            ),
            lambda place: url_for("juries_desk.meeting", meeting_id=place),
            "clipboard-check",
            by_place=True,
        ),
    )
