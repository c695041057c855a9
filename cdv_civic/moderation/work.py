"""Texts that somebody must read: those that wait, and those that somebody reported. Counts and days only."""

from typing import Any

from flask import Flask, url_for
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from cdv_civic.accounts.reach import bodies_worked_for
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.work_sources import WorkSource, day_of, register_work, waiting
from cdv_civic.moderation.models import ModeratedText, ModerationReport
from cdv_civic.moderation.operations.locking import OF_A_BODY, OF_STAFF
from cdv_civic.moderation.queries.queue import of_staff
from cdv_civic.moderation.rules.decisions import OPEN_STATES
from cdv_civic.territory.models import Body, Contract


def _rows(place: Any, whose: ColumnElement[bool]) -> Select[Any]:
    """A row for each text that waits or has an open report; `place` is `Body` or `Contract`."""
    due = (
        select(func.min(ModerationReport.due_at))
        .where(ModerationReport.text_id == ModeratedText.id, ModerationReport.decided_at.is_(None))
        .scalar_subquery()
    )
    waits = ModeratedText.state.in_(sorted(OPEN_STATES))
    column = ModeratedText.body_id if place is Body else ModeratedText.contract_id
    return (
        select(
            *waiting(
                since=day_of(ModeratedText.received_at),
                due=day_of(case((waits, ModeratedText.due_at), else_=due)),
                place_id=column,
                place=Body.name if place is Body else Contract.short_title,
            )
        )
        .join_from(ModeratedText, place, place.id == column)
        .where(whose, or_(waits, due.is_not(None)))
    )


def of_bodies(actor: Actor, reach: Reach) -> Select[Any]:
    """What the moderators of bodies read; nobody is asked to read what they wrote themselves."""
    return _rows(Body, and_(bodies_worked_for(reach), _not_own(actor)))


def of_contracts(actor: Actor, reach: Reach) -> Select[Any]:
    """What staff reads where no body does."""
    return _rows(Contract, and_(of_staff(reach), _not_own(actor)))


def _not_own(actor: Actor) -> ColumnElement[bool]:
    return or_(ModeratedText.author_id.is_(None), ModeratedText.author_id != actor.actor_id)


def _words(count: int) -> str:
    return ngettext(
        "%(num)s texte à lire avant ou après publication",
        "%(num)s textes à lire avant ou après publication",
        count,
    )


def register(app: Flask) -> None:
    """Declare both."""
    register_work(
        app,
        WorkSource(
            "texts-of-bodies",
            OF_A_BODY,
            of_bodies,
            _words,
            lambda place: url_for("moderation_desk.queue", body_id=place),
            "shield",
            by_place=True,
        ),
    )
    register_work(
        app,
        WorkSource(
            "texts-of-staff",
            OF_STAFF,
            of_contracts,
            _words,
            lambda place: url_for("moderation_desk.staff_queue", contract_id=place),
            "shield",
            by_place=True,
        ),
    )
