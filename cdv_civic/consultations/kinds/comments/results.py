"""What results show of a step: not kept as they are built, but read each time, so that what is hidden later is gone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import current_app
from markupsafe import Markup
from sqlalchemy import select

from cdv_civic.consultations.engine.kinds import OpenLine, StepToCount, ToldCounts
from cdv_civic.consultations.kinds.comments.queries.comments import first_comments
from cdv_civic.consultations.kinds.comments.queries.steps import comment_steps, shown_to
from cdv_civic.consultations.kinds.comments.queries.things import ShownThing
from cdv_civic.consultations.models import Consultation, ConsultationStep
from cdv_civic.consultations.queries.definition import ShownStep
from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.web.validity import also_shows, valid_until
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Contract


def build(_step: StepToCount) -> None:
    """Nothing: comments are no counts, and moderation goes on."""


def lines(_step: ShownStep, _content: Any) -> Iterator[OpenLine]:
    """None among the counts: comments are a file of their own."""
    return iter(())


def on_paper(step: ShownStep) -> list[Markup]:
    """What a sheet shows of a step, each thing with lines to write on; nothing while it is under embargo, for sheets go
    from hand to hand. 5 statements at most.
    """
    now, language = clock.now(), current_language().tag
    template = current_app.jinja_env.get_template("consultations/comments/on_paper.html")
    consultation_id = rows_of(
        select(ConsultationStep.consultation_id).where(ConsultationStep.id == step.id)
    ).scalar_one()
    (found,) = shown_to(comment_steps(consultation_id, language, step_id=step.id), now, language)
    return [
        Markup(template.render(thing=thing, document=found.document if first else None))  # noqa: S704  (our own)
        for thing, first in _with_first_passage(found.things)
    ]


def _with_first_passage(things: Sequence[ShownThing]) -> Iterator[tuple[ShownThing, bool]]:
    """Things, each with whether the document begins with it."""
    return ((thing, thing.number == 1) for thing in things)


def shown(step: ShownStep, _content: Any, _told: Mapping[int, ToldCounts]) -> dict[str, Any]:
    """What the template of a step gets: the newest comments on each thing. 6 statements at most."""
    now, language = clock.now(), current_language().tag
    row = rows_of(
        select(ConsultationStep.consultation_id, Consultation.slug, Contract.slug.label("contract"))
        .join(Consultation, Consultation.id == ConsultationStep.consultation_id)
        .join(Contract, Contract.id == Consultation.contract_id)
        .where(ConsultationStep.id == step.id)
    ).one()
    (found,) = shown_to(comment_steps(row.consultation_id, language, step_id=step.id), now, language)
    hidden = found.hidden_at(now)
    if hidden and found.embargo_until is not None:
        valid_until(found.embargo_until)
    # Titles, states and figures are read as they are today.
    also_shows(contract_tag(row.contract))
    return {
        "step": found,
        "slug": row.slug,
        "hidden": hidden,
        "said": first_comments([thing.id for thing in found.things]),
    }
