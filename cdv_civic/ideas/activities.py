"""Boxes of ideas that are open, for « En ce moment »."""

from collections.abc import Sequence
from typing import Final

from flask import Flask, url_for

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.validity import also_shows
from cdv_civic.ideas.cache_tags import box_tag
from cdv_civic.ideas.queries.boxes import public_boxes
from cdv_civic.territory.activities.registry import Activity, Asked, register_activities
from cdv_civic.territory.activities.rules import Span

IDEAS: Final = "ideas"


def open_boxes(asked: Asked) -> Sequence[Activity]:
    """Each box of the place that is open; 1 statement. Of the whole site, those alone that have an end."""
    boxes = public_boxes(
        asked.language, quartiers=asked.quartiers if asked.quartiers else None, body_id=asked.body
    )
    also_shows(*(box_tag(box.id) for box in boxes))
    return [
        Activity(
            _l("Votre idée"),
            "bulb",
            box.title,
            url_for("ideas.show", slug=box.slug),
            Span(box.opens_at, box.closes_at),
            box.keeper or "",
        )
        for box in boxes
        # One of a consultation is named by that.
        if box.is_open and not box.by_consultation and not (asked.everywhere and box.closes_at is None)
    ]


def register(app: Flask) -> None:
    """Declare them."""
    register_activities(app, IDEAS, open_boxes)
