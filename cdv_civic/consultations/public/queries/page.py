"""The page of one consultation: who asks, what can change, until when, for whom, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from cdv_civic.consultations.engine.kinds import step_kinds
from cdv_civic.consultations.idea_models import ConsultationIdeaChoice
from cdv_civic.consultations.models import (
    Consultation,
    ConsultationQuestion,
    ConsultationStep,
)
from cdv_civic.consultations.organiser_models import ConsultationPublic
from cdv_civic.consultations.public.queries.cards import quartiers_of
from cdv_civic.consultations.queries.ideas import ChosenGroup, groups_chosen_among
from cdv_civic.consultations.queries.moments import MOMENTS, calendar_in
from cdv_civic.consultations.rules.calendar import ConsultationCalendar, ConsultationStage, Power
from cdv_civic.consultations.rules.evidence import ProofAsked
from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.participation.rules.channels import Channel
from cdv_civic.territory.models import Body, Commune, Contract


@dataclass(frozen=True)
class WantedPublic:
    """People whom the organiser wants to reach, and how; whether they were (None: not said yet)."""

    id: int
    name: Words
    channel: Channel
    reached: bool | None


@dataclass(frozen=True)
class ConsultationPage:
    """A consultation as residents read it."""

    id: int
    slug: str
    contract: str
    contract_title: str
    #: The territory, where the team of the contract asks.
    territory: str
    body_slug: str | None
    body: str | None
    commune: str | None
    title: Words
    purpose: Words | None
    power: Power
    negotiable: Words | None
    settled: Words | None
    decider: Words | None
    readers: Words | None
    #: What follows where two options come first together.
    ties: Words | None
    audience: Words | None
    calendar: ConsultationCalendar
    stage: ConsultationStage
    late: bool
    proof: ProofAsked
    age_to_answer: int
    #: Tags of the languages in which it is asked.
    languages: tuple[str, ...]
    #: Its questions, by which one says how long it takes.
    questions: int
    #: Kinds of its steps in which one takes part apart from its form (`StepKind.ways_in`).
    kinds_apart: tuple[str, ...]
    #: The groups of ideas that residents choose among, where it is such a choice.
    groups: Sequence[ChosenGroup]
    counted: int | None
    counted_at: datetime | None
    wave: str | None
    #: The slug of the wave before, where anybody may read it.
    wave_before: str | None
    withdrawn_reason: Words | None
    #: Slugs and names.
    quartiers: Sequence[tuple[str, str]]
    publics: Sequence[WantedPublic]

    @property
    def organiser(self) -> str:
        """Who asks."""
        return self.body or self.commune or self.territory

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The ways in besides the site, each once."""
        found = dict.fromkeys(public.channel for public in self.publics)
        return tuple(channel for channel in found if channel is not Channel.ONLINE)


_TEXTS: Final = (
    "purpose",
    "negotiable",
    "settled",
    "decider",
    "readers",
    "ties",
    "audience",
    "withdrawn_reason",
)


def _texts(language: str) -> dict[str, Localized]:
    return {
        name: Localized(name, getattr(Consultation, f"{name}_id"), language) for name in ("title", *_TEXTS)
    }


def _kinds_apart() -> list[str]:
    return [code for code, kind in step_kinds().items() if kind.ways_in is not None]


def _has_step(kind: str) -> Any:
    """Whether the consultation of a statement has a step of a kind."""
    step = select(ConsultationStep.id).where(
        ConsultationStep.consultation_id == Consultation.id, ConsultationStep.kind == kind
    )
    return step.correlate(Consultation).exists()


def consultation_page(slug: str, language: str) -> ConsultationPage | None:
    """What anybody may read of a consultation, one that was withdrawn too; None where nothing is. 3 statements,
    and 1 more where it asks to choose among groups of ideas."""
    texts = _texts(language)
    before = Consultation.__table__.alias("before")
    questions = (
        select(func.count())
        .where(ConsultationQuestion.consultation_id == Consultation.id)
        .correlate(Consultation)
        .scalar_subquery()
    )
    choice = ConsultationIdeaChoice
    with_groups = select(choice.box_id).where(choice.consultation_id == Consultation.id).exists()
    wave_before = (
        select(before.c.slug)
        .where(
            before.c.id == Consultation.wave_of_id,
            before.c.published_at.is_not(None),
            before.c.withdrawn_at.is_(None),
        )
        .correlate(Consultation)
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (
        Consultation.id,
        Consultation.slug,
        Contract.slug.label("contract"),
        Contract.short_title,
        Contract.territory,
        Body.slug.label("body_slug"),
        Body.name.label("body"),
        Commune.name.label("commune"),
        Consultation.power,
        *MOMENTS,
        Consultation.proof,
        Consultation.age_to_answer,
        Consultation.languages,
        Consultation.counted,
        Consultation.counted_at,
        Consultation.wave,
        questions.label("questions"),
        *(_has_step(code).label(f"has_{code}") for code in _kinds_apart()),
        with_groups.label("with_groups"),
        wave_before.label("wave_before"),
        *(column for text in texts.values() for column in text.columns),
    )
    statement = (
        select(*columns)
        .select_from(Consultation)
        .join(Contract, Contract.id == Consultation.contract_id)
        .outerjoin(Body, Body.id == Consultation.body_id)
        .outerjoin(Commune, Commune.id == Consultation.commune_id)
        .where(Consultation.slug == slug, Consultation.published_at.is_not(None))
    )
    for name, text in texts.items():
        statement = text.join(statement, optional=name != "title")
    row = rows_of(statement).one_or_none()
    return _page(row, texts, language) if row is not None else None


def _page(row: Any, texts: dict[str, Localized], language: str) -> ConsultationPage:
    now = clock.now()
    calendar = calendar_in(row)
    return ConsultationPage(
        id=row.id,
        slug=row.slug,
        contract=row.contract,
        contract_title=row.short_title,
        territory=row.territory,
        body_slug=row.body_slug,
        body=row.body,
        commune=row.commune,
        title=texts["title"].words(row),
        **{name: texts[name].words_or_none(row) for name in _TEXTS},
        power=Power(row.power),
        calendar=calendar,
        stage=calendar.stage_at(now),
        late=calendar.late_on(now.astimezone(clock.zone()).date()),
        proof=ProofAsked(row.proof),
        age_to_answer=row.age_to_answer,
        languages=tuple(row.languages),
        questions=row.questions,
        kinds_apart=tuple(code for code in _kinds_apart() if getattr(row, f"has_{code}")),
        groups=groups_chosen_among(row.id, language) if row.with_groups else (),
        counted=row.counted,
        counted_at=row.counted_at,
        wave=row.wave,
        wave_before=row.wave_before,
        quartiers=quartiers_of([row.id]).get(row.id, ()),
        publics=publics_of(row.id, language),
    )


def publics_of(consultation_id: int, language: str) -> list[WantedPublic]:
    """The people whom an organiser wants to reach, in their order; 1 statement."""
    name = Localized("name", ConsultationPublic.name_id, language)
    statement = (
        select(ConsultationPublic.id, ConsultationPublic.channel, ConsultationPublic.reached, *name.columns)
        .where(ConsultationPublic.consultation_id == consultation_id)
        .order_by(ConsultationPublic.position, ConsultationPublic.id)
    )
    return [
        WantedPublic(row.id, name.words(row), Channel(row.channel), row.reached)
        for row in rows_of(name.join(statement))
    ]
