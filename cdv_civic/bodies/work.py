"""Meetings that were held and of which no minutes were published."""

from datetime import datetime, time, timedelta
from typing import Any, Final

from flask import Flask, url_for
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    null,
    or_,
    select,
    union_all,
)

from cdv_civic.accounts.reach import bodies_worked_for
from cdv_civic.bodies.models import Attendance, BodyPublication, Meeting, MeetingException
from cdv_civic.bodies.rules import CANCELLED, MEETING, MINUTES
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.work_sources import WorkSource, day_of, register_work, waiting
from cdv_civic.territory.models import Body

#: Days after a meeting in which its minutes are waited for: older ones are nobody's work of today.
WAITED_FOR: Final = timedelta(days=60)


def _without_minutes(*of_the_date: ColumnElement[bool]) -> ColumnElement[bool]:
    return ~exists().where(
        BodyPublication.meeting_id == Meeting.id,
        BodyPublication.kind == MINUTES,
        BodyPublication.withdrawn_at.is_(None),
        *of_the_date,
    ).correlate_except(BodyPublication)


def _missing(_actor: Actor, reach: Reach) -> Select[Any]:
    """Meetings of one day, and those dates of a series on which people were counted: SQL knows of no others."""
    today = clock.today()
    midnight = datetime.combine(today, time(), clock.zone())
    since = today - WAITED_FOR
    held = func.coalesce(MeetingException.starts_at, Meeting.starts_at)
    of_a_body = and_(Meeting.kind == MEETING, Meeting.cancelled_at.is_(None))
    once = (
        select(Meeting.body_id, day_of(held).label("day"))
        .outerjoin(
            MeetingException,
            and_(MeetingException.meeting_id == Meeting.id, Meeting.recurrence.is_(null())),
        )
        .where(
            of_a_body,
            Meeting.recurrence.is_(null()),
            or_(MeetingException.state.is_(None), MeetingException.state != CANCELLED),
            held < midnight,
            held >= midnight - WAITED_FOR,
            _without_minutes(),
        )
    )
    counted = (
        select(Meeting.body_id, Attendance.day.label("day"))
        .join(Attendance, Attendance.meeting_id == Meeting.id)
        .where(
            of_a_body,
            Meeting.recurrence.is_not(null()),
            Attendance.day < today,
            Attendance.day >= since,
            _without_minutes(BodyPublication.meeting_day == Attendance.day),
        )
    )
    dates = union_all(once, counted).subquery("dates_without_minutes").c
    return (
        select(*waiting(since=dates.day, place_id=Body.id, place=Body.name))
        .join_from(dates.day.table, Body, Body.id == dates.body_id)
        .where(bodies_worked_for(reach), Body.retired_at.is_(None))
    )


def register(app: Flask) -> None:
    """Declare them."""
    register_work(
        app,
        WorkSource(
            "minutes",
            "publication.edit",
            _missing,
            lambda count: ngettext(
                "%(num)s compte rendu à publier", "%(num)s comptes rendus à publier", count
            ),
            lambda place: url_for("bodies_desk.show", body_id=place),
            "clipboard-check",
            by_place=True,
        ),
    )
