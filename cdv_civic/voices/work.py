"""What residents said and somebody must answer: the people of the body, or the organisation it was passed on to.

Counts and days only: neither words nor names are read here.
"""

from typing import Any

from flask import Flask, url_for
from sqlalchemy import Date, Select, and_, func, or_, select

from cdv_civic.accounts.reach import bodies_worked_for
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.work_sources import WorkSource, register_work, waiting
from cdv_civic.territory.models import Body
from cdv_civic.voices import rules
from cdv_civic.voices.models import Voice
from cdv_civic.voices.queries.organisations import last_reply_id, passed_on
from cdv_civic.voices.rules import VoiceState


def to_answer(_actor: Actor, reach: Reach) -> Select[Any]:
    """Words that nobody has taken up, that an organisation has answered to the body, whose day has passed, or of
    which the person asked where they stand."""
    return (
        select(
            *waiting(
                since=Voice.received_on,
                # Where no day was set, the one on which the person asked where it stands.
                due=func.coalesce(Voice.due_on, Voice.asked_again_on, type_=Date),
                place_id=Voice.body_id,
                place=Body.name,
            )
        )
        .join_from(Voice, Body, Body.id == Voice.body_id)
        .where(
            bodies_worked_for(reach),
            Voice.state.in_(rules.OPEN_STATES),
            or_(
                Voice.state == VoiceState.RECEIVED.value,
                Voice.due_on < clock.today(),
                Voice.asked_again_on.is_not(None),
                and_(passed_on(), last_reply_id().is_not(None)),
            ),
        )
    )


def _transmitted(_actor: Actor, reach: Reach) -> Select[Any] | None:
    """Words that lie at the actor's own organisations: who may do everything is not asked in their place."""
    if not reach.organisations:
        return None
    return select(*waiting(since=Voice.received_on, due=Voice.due_on)).where(
        passed_on(), Voice.transmitted_to_id.in_(sorted(reach.organisations)), last_reply_id().is_(None)
    )


def register(app: Flask) -> None:
    """Declare both."""
    register_work(
        app,
        WorkSource(
            "voices-to-answer",
            "voice.answer",
            to_answer,
            lambda count: ngettext(
                "%(num)s message du quartier à traiter", "%(num)s messages du quartier à traiter", count
            ),
            lambda place: url_for("voices_desk.show", body_id=place),
            "message-2",
            by_place=True,
        ),
    )
    register_work(
        app,
        WorkSource(
            "voices-transmitted",
            "voice.reply",
            _transmitted,
            lambda count: ngettext(
                "%(num)s message transmis à votre organisme attend votre réponse",
                "%(num)s messages transmis à votre organisme attendent votre réponse",
                count,
            ),
            lambda _place: url_for("transmitted_desk.show"),
            "arrow-right",
        ),
    )
