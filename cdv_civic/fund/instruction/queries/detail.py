"""All that whoever instructs reads of one project, on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from cdv_civic.accounts.models import Account
from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.fund.instruction.queries.facts import FACT_COLUMNS, facts_of, heard_at
from cdv_civic.fund.instruction.queries.rounds import RoundAtDesk
from cdv_civic.fund.instruction.rules import ProjectStanding
from cdv_civic.fund.models.choosing import ProjectOpinion
from cdv_civic.fund.models.funds import FundEnvelope
from cdv_civic.fund.models.projects import (
    FundProject,
    ProjectCoCarrier,
    ProjectCoFunder,
    ProjectCost,
    ProjectFile,
    ProjectStep,
)
from cdv_civic.fund.rules.admissibility import ProjectFacts
from cdv_civic.fund.rules.budgets import CoFunder, CostLine, ProjectBudget
from cdv_civic.fund.rules.files import ProjectFileKind
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.territory.models import Axis, Body, Quartier


@dataclass(frozen=True)
class KeptCoFunder:
    """Who else pays, with the id of its row."""

    id: int
    name: str
    asked_cents: int
    granted_cents: int | None


@dataclass(frozen=True)
class KeptFile:
    """A file of a project."""

    id: int  #: of the stored file
    kind: ProjectFileKind
    photo: bool  #: shown, and not saved
    caption: str
    size: int
    hidden: bool


@dataclass(frozen=True)
class StepTaken:
    """A state that the project came to."""

    state: ProjectState
    on: date
    by: str | None  #: the name of whoever entered it, where it was somebody of the desk
    reason: Words | None
    elsewhere: Words | None


@dataclass(frozen=True)
class OpinionRead:
    """What a body said of the project."""

    body: str
    stance: str
    reasons: Words
    on: date
    aside: int


@dataclass(frozen=True)
class ProjectContact:
    """The person to write to."""

    name: str
    kind: str | None
    contact: str | None
    language: str
    minor: bool


@dataclass(frozen=True)
class InstructedProject:
    """A project as whoever instructs reads it."""

    id: int
    round_id: int
    number: int
    title: str
    summary: str
    words: str
    for_whom: str
    place: str
    when_text: str
    lang: str | None
    quartier: str | None
    purposes: Sequence[str]
    axis: Words | None
    in_programme: bool
    transport: bool
    counterpart: str
    age: int | None
    carrier_kind: str | None
    carrier_name: str
    rna: str | None
    siret: str | None
    body: str | None
    signed: str | None
    accompanist: str
    contact: ProjectContact
    granted_cents: int
    returned_cents: int
    envelope_year: int | None
    decision_reference: str
    photo: bool
    state: ProjectState
    state_on: date
    service: str
    return_by: date | None
    frozen: bool
    channel: str
    relayed: bool
    submitted_at: datetime
    version: int
    facts: ProjectFacts
    budget: ProjectBudget
    co_funders: Sequence[KeptCoFunder]
    co_carriers: Sequence[str]
    files: Sequence[KeptFile]
    steps: Sequence[StepTaken]
    opinions: Sequence[OpinionRead]
    standing: ProjectStanding


def project_at_desk(fund_round: RoundAtDesk, project_id: int, language: str) -> InstructedProject | None:
    """A project of a round; None where it is none. 7 statements, and 1 more where transports are counted."""
    axis = Localized("axis", Axis.title_id, language)
    kept = FundProject
    statement: Any = (
        select(
            *FACT_COLUMNS,
            heard_at().label("heard_at"),
            *(kept.number, kept.title, kept.summary, kept.words, kept.for_whom, kept.place, kept.when_text),
            *(kept.lang, kept.signed, kept.accompanist, kept.contact_name, kept.contact_kind, kept.contact),
            *(kept.contact_language, kept.minor, kept.own_cents, kept.granted_cents, kept.returned_cents),
            *(
                kept.decision_reference,
                kept.photo_id,
                kept.state,
                kept.state_on,
                kept.service,
                kept.return_by,
            ),
            *(kept.frozen_at, kept.channel, kept.relayed, kept.version),
            Quartier.name.label("quartier"),
            Body.name.label("body"),
            FundEnvelope.year.label("envelope_year"),
            *axis.columns,
        )
        .select_from(FundProject)
        .outerjoin(Quartier, Quartier.id == kept.quartier_id)
        .outerjoin(Body, Body.id == kept.body_id)
        .outerjoin(FundEnvelope, FundEnvelope.id == kept.envelope_id)
        .outerjoin(Axis, Axis.id == kept.axis_id)
        .where(kept.id == project_id, kept.round_id == fund_round.id)
    )
    row = rows_of(axis.join(statement, optional=True)).one_or_none()
    if row is None:
        return None
    facts = facts_of([row], fund_round.rules, fund_round.fund_id, fund_round.year, fund_round.choice_on)
    co_funders, opinions = _co_funders(project_id), _opinions(project_id, language)
    state = ProjectState(row.state)
    return InstructedProject(
        id=row.id,
        round_id=fund_round.id,
        number=row.number,
        title=row.title,
        summary=row.summary,
        words=row.words,
        for_whom=row.for_whom,
        place=row.place,
        when_text=row.when_text,
        lang=row.lang,
        quartier=row.quartier,
        purposes=row.purposes,
        axis=axis.words_or_none(row),
        in_programme=row.in_programme,
        transport=row.transport,
        counterpart=row.counterpart,
        age=row.age,
        carrier_kind=row.carrier_kind,
        carrier_name=row.carrier_name,
        rna=row.rna,
        siret=row.siret,
        body=row.body,
        signed=row.signed,
        accompanist=row.accompanist,
        contact=ProjectContact(
            row.contact_name, row.contact_kind, row.contact, row.contact_language, row.minor
        ),
        granted_cents=row.granted_cents,
        returned_cents=row.returned_cents,
        envelope_year=row.envelope_year,
        decision_reference=row.decision_reference,
        photo=row.photo_id is not None,
        state=state,
        state_on=row.state_on,
        service=row.service,
        return_by=row.return_by,
        frozen=row.frozen_at is not None,
        channel=row.channel,
        relayed=row.relayed,
        submitted_at=row.submitted_at,
        version=row.version,
        facts=facts[row.id],
        budget=ProjectBudget(
            _costs(project_id),
            row.asked_cents,
            [CoFunder(each.name, each.asked_cents, each.granted_cents) for each in co_funders],
            row.own_cents,
        ),
        co_funders=co_funders,
        co_carriers=_co_carriers(project_id),
        files=_files(project_id),
        steps=_steps(project_id, language),
        opinions=opinions,
        standing=ProjectStanding(
            state,
            fund_round.opinion_asked,
            bool(opinions),
            bool(co_funders),
            row.frozen_at is not None,
        ),
    )


def _costs(project_id: int) -> list[CostLine]:
    found = rows_of(
        select(ProjectCost.label, ProjectCost.cents, ProjectCost.spent_cents)
        .where(ProjectCost.project_id == project_id)
        .order_by(ProjectCost.position)
    )
    return [CostLine(row.label, row.cents, row.spent_cents) for row in found]


def _co_funders(project_id: int) -> list[KeptCoFunder]:
    kept = ProjectCoFunder
    found = rows_of(
        select(kept.id, kept.name, kept.asked_cents, kept.granted_cents)
        .where(kept.project_id == project_id)
        .order_by(kept.position)
    )
    return [KeptCoFunder(row.id, row.name, row.asked_cents, row.granted_cents) for row in found]


def _co_carriers(project_id: int) -> list[str]:
    found = rows_of(
        select(ProjectCoCarrier.name)
        .where(ProjectCoCarrier.project_id == project_id)
        .order_by(ProjectCoCarrier.position)
    )
    return [row.name for row in found]


def _files(project_id: int) -> list[KeptFile]:
    found = rows_of(
        select(
            ProjectFile.file_id,
            ProjectFile.kind,
            ProjectFile.caption,
            ProjectFile.hidden_at,
            StoredFile.kind.label("form"),
            StoredFile.size,
        )
        .join(StoredFile, StoredFile.id == ProjectFile.file_id)
        .where(ProjectFile.project_id == project_id)
        .order_by(ProjectFile.kind.desc(), ProjectFile.position)
    )
    return [
        KeptFile(
            row.file_id,
            ProjectFileKind(row.kind),
            row.form == "photo",
            row.caption,
            row.size,
            row.hidden_at is not None,
        )
        for row in found
    ]


def _steps(project_id: int, language: str) -> list[StepTaken]:
    reason = Localized("reason", ProjectStep.reason_id, language)
    elsewhere = Localized("elsewhere", ProjectStep.elsewhere_id, language)
    statement: Any = (
        select(
            ProjectStep.state,
            ProjectStep.on_day,
            Account.name.label("by"),
            *reason.columns,
            *elsewhere.columns,
        )
        .outerjoin(Account, Account.id == ProjectStep.entered_by)
        .where(ProjectStep.project_id == project_id)
        .order_by(ProjectStep.position)
    )
    found = rows_of(elsewhere.join(reason.join(statement, optional=True), optional=True))
    return [
        StepTaken(
            ProjectState(row.state),
            row.on_day,
            row.by,
            reason.words_or_none(row),
            elsewhere.words_or_none(row),
        )
        for row in found
    ]


def _opinions(project_id: int, language: str) -> list[OpinionRead]:
    reasons = Localized("reasons", ProjectOpinion.reasons_id, language)
    statement: Any = (
        select(
            Body.name,
            ProjectOpinion.stance,
            ProjectOpinion.given_on,
            ProjectOpinion.aside,
            *reasons.columns,
        )
        .join(Body, Body.id == ProjectOpinion.body_id)
        .where(ProjectOpinion.project_id == project_id)
        .order_by(ProjectOpinion.id)
    )
    return [
        OpinionRead(row.name, row.stance, reasons.words(row), row.given_on, row.aside)
        for row in rows_of(reasons.join(statement))
    ]


def round_of_project(project_id: int) -> int | None:
    """The round of a project; None where there is none. 1 statement."""
    return rows_of(select(FundProject.round_id).where(FundProject.id == project_id)).scalar()


def photo_of_project(project_id: int) -> StoredFile | None:
    """The photo that came with a project; 1 statement."""
    return db.session.execute(
        select(StoredFile)
        .join(FundProject, FundProject.photo_id == StoredFile.id)
        .where(FundProject.id == project_id)
    ).scalar()


def file_of_project(project_id: int, file_id: int) -> StoredFile | None:
    """A quote, a proof or a photo of a project; 1 statement."""
    return db.session.execute(
        select(StoredFile)
        .join(ProjectFile, ProjectFile.file_id == StoredFile.id)
        .where(ProjectFile.project_id == project_id, StoredFile.id == file_id)
    ).scalar()
