"""Consultations that are open or announced, for « En ce moment »."""

from collections.abc import Sequence
from typing import Final

from flask import Flask, url_for

from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.public.queries.cards import ConsultationCard
from cdv_civic.consultations.public.queries.places import now_open
from cdv_civic.consultations.rules.calendar import ConsultationStage
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.validity import also_shows
from cdv_civic.territory.activities.registry import Activity, Asked, register_activities
from cdv_civic.territory.activities.rules import Span

#: The name of this source: a page that has read consultations gives them under it.
CONSULTATIONS: Final = "consultations"


def consultations(asked: Asked) -> Sequence[Activity]:
    """Each consultation that is open or coming; 1 statement, none where the page knows."""
    cards: Sequence[ConsultationCard] | None = asked.known.get(CONSULTATIONS)
    if cards is None:
        cards = now_open(asked.language, quartiers=asked.quartiers, body_id=asked.body)
    also_shows(*(consultation_tag(card.id) for card in cards))
    return [
        Activity(
            _l("Votre avis"),
            "speakerphone",
            card.title,
            url_for("consultations.show", slug=card.slug),
            Span(card.calendar.opens_at, card.calendar.closes_at),
            card.organiser,
        )
        for card in cards
        if card.stage in (ConsultationStage.OPEN, ConsultationStage.COMING)
    ]


def register(app: Flask) -> None:
    """Declare them."""
    register_activities(app, CONSULTATIONS, consultations)
