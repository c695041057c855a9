"""Steps of comments, and the consultations that have one.

No page asks for what is public without `readable_now` or `shown_to`: an embargo holds in the statements themselves.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select

from cdv_civic.commitments.models import Commitment, Indicator
from cdv_civic.commitments.queries.indicators import NOT_SHOWN
from cdv_civic.consultations.kinds.comments.models import CommentedThing, CommentStep
from cdv_civic.consultations.kinds.comments.queries.things import ShownThing, things_of
from cdv_civic.consultations.kinds.comments.rules import under_embargo
from cdv_civic.consultations.models import Consultation, ConsultationStep
from cdv_civic.consultations.operations.speakers import asked_of_speakers
from cdv_civic.consultations.queries.moments import MOMENTS, calendar_in, consultation_is_public
from cdv_civic.consultations.rules.calendar import ConsultationCalendar
from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.participation.speaking import AskedOfSpeakers
from cdv_civic.territory.models import Contract

#: The name of the kind, as steps keep it.
KIND: Final = "comments"


@dataclass(frozen=True)
class CommentedConsultation:
    """A public consultation, as pages of comments know it."""

    id: int
    slug: str
    title: Words
    contract_id: int
    contract: str
    contract_title: str
    body_id: int | None
    commune_id: int | None
    calendar: ConsultationCalendar
    #: Of whoever comments.
    asked: AskedOfSpeakers


def commented_consultation(slug: str, language: str) -> CommentedConsultation | None:
    """A public consultation that has a step of comments; 1 statement."""
    title = Localized("title", Consultation.title_id, language)
    steps = select(ConsultationStep.id).where(
        ConsultationStep.consultation_id == Consultation.id, ConsultationStep.kind == KIND
    )
    row = rows_of(
        title.join(
            select(
                Consultation.id,
                Consultation.slug,
                Consultation.contract_id,
                Contract.slug.label("contract"),
                Contract.short_title,
                Consultation.body_id,
                Consultation.commune_id,
                Consultation.proof,
                Consultation.age_to_answer,
                *MOMENTS,
                *title.columns,
            )
            .join(Contract, Contract.id == Consultation.contract_id)
            .where(Consultation.slug == slug, consultation_is_public(), steps.exists())
        )
    ).one_or_none()
    if row is None:
        return None
    return CommentedConsultation(
        row.id,
        row.slug,
        title.words(row),
        row.contract_id,
        row.contract,
        row.short_title,
        row.body_id,
        row.commune_id,
        calendar_in(row),
        asked_of_speakers(row.proof, row.age_to_answer),
    )


@dataclass(frozen=True)
class ShownCommentStep:
    """A step of comments."""

    id: int
    consultation_id: int
    title: Words | None
    intro: Words | None
    document: Words | None
    embargo_until: datetime | None
    read_before: bool
    sensitive: bool
    things: tuple[ShownThing, ...] = ()

    def hidden_at(self, at: datetime) -> bool:
        """Whether insiders alone read it at a moment."""
        return under_embargo(self.embargo_until, at)


def comment_steps(
    consultation_id: int, language: str, *, step_id: int | None = None
) -> list[ShownCommentStep]:
    """The steps of comments of a consultation, without what they ask to comment; 1 statement."""
    title = Localized("title", ConsultationStep.title_id, language)
    intro = Localized("intro", ConsultationStep.intro_id, language)
    document = Localized("document", CommentStep.title_id, language)
    statement = (
        select(
            ConsultationStep.id,
            CommentStep.embargo_until,
            CommentStep.read_before,
            CommentStep.sensitive,
            *title.columns,
            *intro.columns,
            *document.columns,
        )
        .outerjoin(CommentStep, CommentStep.step_id == ConsultationStep.id)
        .where(ConsultationStep.consultation_id == consultation_id, ConsultationStep.kind == KIND)
        .order_by(ConsultationStep.position, ConsultationStep.id)
    )
    if step_id is not None:
        statement = statement.where(ConsultationStep.id == step_id)
    for each in (title, intro, document):
        statement = each.join(statement, optional=True)
    return [
        ShownCommentStep(
            row.id,
            consultation_id,
            title.words_or_none(row),
            intro.words_or_none(row),
            document.words_or_none(row),
            row.embargo_until,
            row.read_before is not False,
            bool(row.sensitive),
        )
        for row in rows_of(statement)
    ]


def shown_to(
    steps: Iterable[ShownCommentStep], at: datetime, language: str, *, insider: bool = False
) -> list[ShownCommentStep]:
    """The same steps with their things, where somebody may read these at a moment; those under embargo keep neither
    words nor title for anybody else. 3 statements at most, however many steps.
    """
    steps = list(steps)
    read = [step for step in steps if insider or not step.hidden_at(at)]
    things = things_of([step.id for step in read], language)
    return [
        replace(
            step,
            things=tuple(thing for thing in things if thing.step_id == step.id and thing.public),
        )
        if step in read
        else replace(step, title=None, intro=None, document=None, things=())
        for step in steps
    ]


def readable_now() -> ColumnElement[bool]:
    """The condition that everybody may read the things of the step of a statement that joins `CommentStep` as an outer
    table: it is under no embargo.
    """
    return or_(CommentStep.embargo_until.is_(None), CommentStep.embargo_until <= clock.now())


def step_counts(step_id: int) -> Any:
    """How many things a step asks to comment, how many of them are not public any more, when its embargo ends, and
    when the consultation closes; 1 statement.
    """
    gone = or_(
        Commitment.retired_at.is_not(None),
        Indicator.retired_at.is_not(None),
        and_(Indicator.id.is_not(None), Indicator.family == NOT_SHOWN),
    )
    things = select(func.count(CommentedThing.id)).where(CommentedThing.step_id == step_id)
    lost = (
        select(func.count(CommentedThing.id))
        .outerjoin(Commitment, Commitment.id == CommentedThing.commitment_id)
        .outerjoin(Indicator, Indicator.id == CommentedThing.indicator_id)
        .where(CommentedThing.step_id == step_id, gone)
    )
    return rows_of(
        select(
            things.scalar_subquery().label("things"),
            lost.scalar_subquery().label("gone"),
            CommentStep.embargo_until,
            Consultation.closes_at,
        )
        .select_from(ConsultationStep)
        .join(Consultation, Consultation.id == ConsultationStep.consultation_id)
        .outerjoin(CommentStep, CommentStep.step_id == ConsultationStep.id)
        .where(ConsultationStep.id == step_id)
    ).one()
