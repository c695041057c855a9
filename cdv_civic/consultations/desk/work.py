"""Corrections of consultations that wait for a second person."""

from typing import Any

from flask import Flask, url_for
from sqlalchemy import Select, or_, select

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.organiser_models import ConsultationCorrection, CorrectionState
from cdv_civic.consultations.scopes import consultations_within
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.work_sources import WorkSource, day_of, register_work, waiting


def _waiting(actor: Actor, reach: Reach) -> Select[Any]:
    table = ConsultationCorrection
    return (
        select(*waiting(since=day_of(table.proposed_at)))
        .join_from(table, Consultation, Consultation.id == table.consultation_id)
        .where(
            table.state == CorrectionState.PROPOSED.value,
            or_(table.proposed_by.is_(None), table.proposed_by != actor.actor_id),
            Consultation.withdrawn_at.is_(None),
            consultations_within(reach),
        )
    )


def register(app: Flask) -> None:
    """Declare them."""
    register_work(
        app,
        WorkSource(
            "consultation-corrections",
            "consultation.edit",
            _waiting,
            lambda count: ngettext(
                "%(num)s correction d’une consultation à accepter ou à refuser",
                "%(num)s corrections de consultations à accepter ou à refuser",
                count,
            ),
            lambda _place: url_for("consultations_desk.index", voir="corrections"),
            "pencil",
        ),
    )
