"""The boxes in which a consultation takes ideas, and what came of a step of them, as the page of results shows it.

Ideas are public one by one: what is told of them is read in their box, and never kept a second time. They are grouped
once the consultation has closed, and so after its tables were built.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for

from cdv_civic.consultations.engine.kinds import OpenLine, StepToCount, ToldCounts, WayIn
from cdv_civic.consultations.kinds.ideas.wording import ICON
from cdv_civic.consultations.queries.definition import ShownStep
from cdv_civic.consultations.queries.ideas import box_of_step, boxes_of
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.web.validity import also_shows
from cdv_civic.ideas.cache_tags import box_tag
from cdv_civic.ideas.queries.counts import counted_ideas
from cdv_civic.ideas.queries.groups import groups_of_box


def ways_in(consultation_id: int, _slug: str) -> list[WayIn]:
    """The boxes of a consultation: see `FindWaysIn`. Where there are several, their titles tell them apart.
    1 statement."""
    boxes = boxes_of(consultation_id, current_language().tag)
    several = len(boxes) > 1
    return [
        WayIn(
            url_for("ideas.show", slug=box.slug),
            ICON,
            box.title if several else _l("Proposer et soutenir des idées"),
            box.title if several else _l("Lire les idées"),
        )
        for box in boxes
    ]


def build(_step: StepToCount) -> None:
    """Nothing is kept beside the box itself."""


def shown(step: ShownStep, _content: Any, _told: Mapping[int, ToldCounts]) -> dict[str, Any]:
    """What the template of a step gets. 3 statements."""
    language = current_language().tag
    box = box_of_step(step.id, language)
    if box is None:
        return {"step": step, "box": None}
    also_shows(box_tag(box.box_id))
    return {
        "step": step,
        "box": box,
        "counts": counted_ideas(box.box_id),
        "groups": groups_of_box(box.box_id, language),
    }


def lines(_step: ShownStep, _content: Any) -> Iterable[OpenLine]:
    """None: ideas and groups are open data of their box."""
    return ()
