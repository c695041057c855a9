"""Consultations that are closed and whose residents wait for an answer, for « À faire ». No title, nobody’s words."""

from typing import Any

from flask import Flask, url_for
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from cdv_civic.accounts.reach import bodies_worked_for
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.scopes import consultations_within
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.work_sources import WorkSource, day_of, register_work, waiting
from cdv_civic.territory.models import Body


def worked_for(reach: Reach) -> ColumnElement[bool]:
    """The condition that a `Consultation` is the work of whoever has this reach (`scopes.consultations_within`).

    One of a body is first that of whoever holds a role for it (`bodies_worked_for`).
    """
    of_team = and_(Consultation.body_id.is_(None), consultations_within(reach))
    of_body = Consultation.body_id.in_(select(Body.id).where(bodies_worked_for(reach)))
    return or_(of_team, of_body)


def _to_answer(_actor: Actor, reach: Reach) -> Select[Any]:
    """Those that are closed: the answer is due on a day that was promised, and may be past."""
    ended = func.coalesce(Consultation.paper_until, Consultation.closes_at)
    return select(*waiting(since=day_of(ended), due=Consultation.answer_due_on)).where(
        Consultation.published_at.is_not(None),
        Consultation.withdrawn_at.is_(None),
        Consultation.answered_at.is_(None),
        ended <= clock.now(),
        worked_for(reach),
    )


def register(app: Flask) -> None:
    """Declare them."""
    register_work(
        app,
        WorkSource(
            "consultations-to-answer",
            "consultation.edit",
            _to_answer,
            lambda count: ngettext(
                "%(num)s consultation attend sa réponse",
                "%(num)s consultations attendent leur réponse",
                count,
            ),
            lambda _place: url_for("consultation_restitution_desk.index"),
            "speakerphone",
        ),
    )
