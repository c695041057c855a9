"""Choices among groups of ideas: the one of a box, what came of it, and the parts of the contract born of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, func, select

from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.choices.rules import OptionOutcome, outcomes
from cdv_civic.consultations.idea_models import ConsultationIdeaAxis, ConsultationIdeaChoice
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.queries.ideas import group_of_options
from cdv_civic.consultations.queries.moments import MOMENTS, calendar_in, consultation_is_public
from cdv_civic.consultations.results.figures import borda_points
from cdv_civic.consultations.results.published import from_json
from cdv_civic.consultations.results.queries.heads import content_of, versions_of
from cdv_civic.consultations.rules.calendar import ConsultationCalendar
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.web.validity import also_shows
from cdv_civic.ideas.models import IdeaBox
from cdv_civic.ideas.queries.boxes import box_is_public
from cdv_civic.territory.models import Axis, Body, Commune, Contract


@dataclass(frozen=True)
class IdeaChoice:
    """The consultation in which residents choose among the groups of a box, drafts too."""

    consultation_id: int
    slug: str
    title: Words
    question_id: int
    calendar: ConsultationCalendar
    contract_id: int
    contract: str
    #: Who asks, in words.
    organiser: str


#: What is read of a choice besides its title.
_COLUMNS: Final[tuple[Any, ...]] = (
    Consultation.id,
    Consultation.slug,
    ConsultationIdeaChoice.question_id,
    Consultation.contract_id,
    Contract.slug.label("contract"),
    func.coalesce(Body.name, Commune.name, Contract.territory).label("organiser"),
    *MOMENTS,
)


def choice_of_box(box_id: int, language: str) -> IdeaChoice | None:
    """The choice among the groups of a box; None: nobody has prepared one. 1 statement."""
    title = Localized("title", Consultation.title_id, language)
    statement: Select[Any] = (
        select(*_COLUMNS, *title.columns)
        .select_from(ConsultationIdeaChoice)
        .join(Consultation, Consultation.id == ConsultationIdeaChoice.consultation_id)
        .join(Contract, Contract.id == Consultation.contract_id)
        .outerjoin(Body, Body.id == Consultation.body_id)
        .outerjoin(Commune, Commune.id == Consultation.commune_id)
        .where(ConsultationIdeaChoice.box_id == box_id)
    )
    row = rows_of(title.join(statement)).one_or_none()
    if row is None:
        return None
    return IdeaChoice(
        row.id,
        row.slug,
        title.words(row),
        row.question_id,
        calendar_in(row),
        row.contract_id,
        row.contract,
        row.organiser,
    )


def outcomes_of(choice: IdeaChoice) -> Mapping[int, OptionOutcome]:
    """What is published of each group, from the newest results; none before they are published. 3 statements."""
    versions = versions_of(choice.consultation_id) if choice.calendar.frozen_at is not None else []
    content = content_of(choice.consultation_id, versions[0].number) if versions else None
    result = from_json(content).by_id.get(choice.question_id) if content is not None else None
    if result is None:
        return {}
    groups = group_of_options(choice.question_id)
    found = outcomes(result, borda_points(result))
    return {groups[option]: outcome for option, outcome in found.items() if option in groups}


def axes_born(consultation_id: int) -> Mapping[int | None, str]:
    """The code of the part of the contract that was born of each group of a choice; under None: the root.

    1 statement.
    """
    axis = ConsultationIdeaAxis
    rows = rows_of(
        select(axis.group_id, Axis.code)
        .join(Axis, Axis.id == axis.axis_id)
        .where(axis.consultation_id == consultation_id, Axis.retired_at.is_(None))
    )
    return {row.group_id: row.code for row in rows}


@dataclass(frozen=True)
class AxisBirth:
    """Of which consultation a part of the contract was born, and of which group of ideas."""

    consultation_id: int
    consultation: str
    title: Words
    #: The box by its name in addresses, while everybody sees it.
    box: str | None
    box_id: int | None
    #: None: it holds the parts of all groups.
    group_id: int | None


def birth_of(axis_id: int, language: str) -> AxisBirth | None:
    """Where a part of the contract comes from; None: not from a choice that everybody sees. 1 statement. It says
    its cache tag itself."""
    axis, choice = ConsultationIdeaAxis, ConsultationIdeaChoice
    title = Localized("title", Consultation.title_id, language)
    statement: Any = (
        select(
            Consultation.id,
            Consultation.slug,
            axis.group_id,
            IdeaBox.id.label("box_id"),
            IdeaBox.slug.label("box"),
            *title.columns,
        )
        .select_from(axis)
        .join(Consultation, Consultation.id == axis.consultation_id)
        .join(choice, choice.consultation_id == axis.consultation_id)
        .outerjoin(IdeaBox, (IdeaBox.id == choice.box_id) & box_is_public())
        .where(axis.axis_id == axis_id, consultation_is_public())
    )
    row = rows_of(title.join(statement)).one_or_none()
    if row is None:
        return None
    also_shows(consultation_tag(row.id))
    return AxisBirth(row.id, row.slug, title.words(row), row.box, row.box_id, row.group_id)
