"""Boxes of ideas as consultations name them: the box of a step, the groups that residents choose among."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from cdv_civic.consultations.idea_models import (
    ConsultationIdeaChoice,
    ConsultationIdeaOption,
    ConsultationIdeaStep,
)
from cdv_civic.consultations.models import ConsultationOption
from cdv_civic.consultations.rules.checklist import ChoiceFault
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaGroup


@dataclass(frozen=True)
class StepBox:
    """The box of a step."""

    step_id: int
    box_id: int
    slug: str
    title: Words
    question: Words
    #: Whether it is said who answers ideas.
    answered: bool
    opens_at: datetime | None
    closes_at: datetime | None


def boxes_of(consultation_id: int, language: str) -> list[StepBox]:
    """The boxes of all steps of a consultation, in any order; 1 statement."""
    return _boxes(ConsultationIdeaStep.consultation_id == consultation_id, language)


def box_of_step(step_id: int, language: str) -> StepBox | None:
    """The box of a step; None: it has none yet. 1 statement."""
    return next(iter(_boxes(ConsultationIdeaStep.step_id == step_id, language)), None)


def _boxes(which: ColumnElement[bool], language: str) -> list[StepBox]:
    title = Localized("title", IdeaBox.title_id, language)
    question = Localized("question", IdeaBox.question_id, language)
    statement = (
        select(
            ConsultationIdeaStep.step_id,
            IdeaBox.id,
            IdeaBox.slug,
            IdeaBox.answerer_id,
            IdeaBox.opens_at,
            IdeaBox.closes_at,
            *title.columns,
            *question.columns,
        )
        .join(IdeaBox, IdeaBox.id == ConsultationIdeaStep.box_id)
        .where(which)
        .order_by(ConsultationIdeaStep.step_id)
    )
    return [
        StepBox(
            row.step_id,
            row.id,
            row.slug,
            title.words(row),
            question.words(row),
            row.answerer_id is not None,
            row.opens_at,
            row.closes_at,
        )
        for row in rows_of(question.join(title.join(statement)))
    ]


def free_boxes(
    contract_id: int, body_id: int | None, commune_id: int | None, language: str
) -> list[tuple[int, Words]]:
    """The boxes of a keeper that nobody else has seen and that no step has; 1 statement."""
    title = Localized("title", IdeaBox.title_id, language)
    statement = (
        select(IdeaBox.id, *title.columns)
        .where(
            IdeaBox.contract_id == contract_id,
            IdeaBox.body_id.is_not_distinct_from(body_id),
            IdeaBox.commune_id.is_not_distinct_from(commune_id),
            IdeaBox.published_at.is_(None),
            ~IdeaBox.by_consultation,
        )
        .order_by(IdeaBox.id.desc())
    )
    return [(row.id, title.words(row)) for row in rows_of(title.join(statement))]


def ideas_came(consultation_id: int) -> ColumnElement[bool]:
    """The condition that an idea was put in a box of one of its steps."""
    step = ConsultationIdeaStep
    return (
        select(Idea.id)
        .join(step, step.box_id == Idea.box_id)
        .where(step.consultation_id == consultation_id)
        .exists()
    )


@dataclass(frozen=True)
class ChosenGroup:
    """A group that residents choose or not, as the page of the consultation names it."""

    id: int
    box: str
    title: Words


def groups_chosen_among(consultation_id: int, language: str) -> list[ChosenGroup]:
    """The groups that are options of a choice, in their order; none: it is no choice. 1 statement."""
    choice, option = ConsultationIdeaChoice, ConsultationIdeaOption
    title = Localized("title", IdeaGroup.title_id, language)
    statement = (
        select(IdeaGroup.id, IdeaBox.slug, *title.columns)
        .select_from(choice)
        .join(option, option.question_id == choice.question_id)
        .join(ConsultationOption, ConsultationOption.id == option.option_id)
        .join(IdeaGroup, IdeaGroup.id == option.group_id)
        .join(IdeaBox, IdeaBox.id == choice.box_id)
        .where(choice.consultation_id == consultation_id)
        .order_by(ConsultationOption.position, ConsultationOption.id)
    )
    return [ChosenGroup(row.id, row.slug, title.words(row)) for row in rows_of(title.join(statement))]


def group_of_options(question_id: int) -> Mapping[int, int]:
    """The group that each option of a choice stands for; 1 statement."""
    option = ConsultationIdeaOption
    rows = rows_of(select(option.option_id, option.group_id).where(option.question_id == question_id))
    return {row.option_id: row.group_id for row in rows}


def choice_faults(consultation_id: int) -> list[ChoiceFault]:
    """What keeps a choice from being asked: its options are the retained groups, no more and no fewer.

    2 statements, 1 where it is no choice.
    """
    choice = rows_of(
        select(ConsultationIdeaChoice.question_id, ConsultationIdeaChoice.box_id).where(
            ConsultationIdeaChoice.consultation_id == consultation_id
        )
    ).one_or_none()
    if choice is None:
        return []
    offered = (
        select(ConsultationIdeaOption.group_id)
        .select_from(ConsultationOption)
        .outerjoin(ConsultationIdeaOption, ConsultationIdeaOption.option_id == ConsultationOption.id)
        .where(
            ConsultationOption.question_id == choice.question_id,
            # What came up in words beside it is offered to nobody.
            ConsultationOption.came_up_in.is_(None),
        )
    )
    retained = select(IdeaGroup.id).where(IdeaGroup.box_id == choice.box_id, IdeaGroup.retained)
    rows = rows_of(offered.union_all(retained)).scalars().all()
    # Each group twice: once offered, once retained.
    whole = None not in rows and all(rows.count(each) == 2 for each in rows)
    return [] if whole else [ChoiceFault.OTHER_GROUPS]
