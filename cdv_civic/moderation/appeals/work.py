"""Appeals that wait for an answer: of the body that they are addressed to, or of the staff of the contract."""

from typing import Any

from flask import Flask, url_for
from sqlalchemy import Select, select

from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.work_sources import WorkSource, day_of, register_work, waiting
from cdv_civic.moderation.appeals.desk_queries import answered_by, joined
from cdv_civic.moderation.appeals.operations.answering import ACTION
from cdv_civic.moderation.models import ModerationAppeal


def to_answer(actor: Actor, reach: Reach) -> Select[Any]:
    """Appeals addressed to whoever asks, and about nothing of their own."""
    return joined(
        select(*waiting(since=day_of(ModerationAppeal.received_at), due=day_of(ModerationAppeal.due_at)))
    ).where(answered_by(actor, reach))


def register(app: Flask) -> None:
    """Declare it."""
    register_work(
        app,
        WorkSource(
            "appeals-to-answer",
            ACTION,
            to_answer,
            lambda count: ngettext(
                "%(num)s recours attend votre réponse", "%(num)s recours attendent votre réponse", count
            ),
            lambda _place: url_for("appeals_desk.table"),
            "scale",
        ),
    )
