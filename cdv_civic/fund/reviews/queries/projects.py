"""One project with what its carrier told of it: for the carrier, and for the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import (
    FundProject,
    ProjectCoFunder,
    ProjectCost,
    ProjectFile,
    ProjectReview,
    ProjectStep,
)
from cdv_civic.fund.reviews.conditions import of_review
from cdv_civic.fund.rules.budgets import CoFunder, CostLine, ProjectBudget
from cdv_civic.fund.rules.files import ProjectFileKind
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.rules.reviews import STOPPED_BY_CARRIER, STOPPED_BY_DESK, TELLS, ReviewStage


@dataclass(frozen=True)
class ReviewLine:
    """One thing that was paid for: what it was to cost, and what was spent (None: nobody told yet)."""

    id: int
    label: str
    cents: int
    spent_cents: int | None

    @property
    def over_cents(self) -> int:
        """What it cost more than planned; 0 where it did not."""
        return max(0, (self.spent_cents or 0) - self.cents)


@dataclass(frozen=True)
class ReviewFile:
    """A photo or a proof."""

    id: int
    kind: ProjectFileKind
    caption: str
    hidden: bool


@dataclass(frozen=True)
class WrittenReview:
    """What was told."""

    words: str
    lang: str | None
    people: int
    happened_on: date
    sent_at: datetime
    asked: str
    asked_at: datetime | None
    taken_on: date | None
    version: int

    @property
    def lacks(self) -> bool:
        """Whether the carrier is to add what the desk asked for."""
        return self.taken_on is None and self.asked_at is not None and self.asked_at > self.sent_at


@dataclass(frozen=True)
class ReviewedProject:
    """A project that was selected, its money, and its review where there is one."""

    id: int
    number: int
    title: str
    lang: str | None
    state: ProjectState
    version: int
    personal: bool
    carrier_name: str
    contact_name: str
    asked_cents: int
    own_cents: int
    granted_cents: int
    returned_cents: int
    review_due_on: date | None
    reminded_on: date | None
    paid_on: date | None
    fund: Words
    fund_slug: str
    round_slug: str
    contract_id: int
    commune_id: int | None
    owner_id: int | None
    lines: Sequence[ReviewLine]
    co_funders: Sequence[CoFunder]
    files: Sequence[ReviewFile]
    review: WrittenReview | None

    @property
    def cost_cents(self) -> int:
        """What all was to cost."""
        return sum(each.cents for each in self.lines)

    @property
    def spent_cents(self) -> int:
        """What was spent in all."""
        return sum(each.spent_cents or 0 for each in self.lines)

    @property
    def unspent_cents(self) -> int:
        """What goes back of the grant, by what was told."""
        lines = [CostLine(each.label, each.cents, each.spent_cents) for each in self.lines]
        budget = ProjectBudget(lines, self.asked_cents, self.co_funders, self.own_cents)
        return budget.unspent_cents(self.granted_cents)

    @property
    def photos(self) -> list[ReviewFile]:
        """Its photos."""
        return [each for each in self.files if each.kind is ProjectFileKind.PHOTO]

    @property
    def proofs(self) -> list[ReviewFile]:
        """Its proofs."""
        return [each for each in self.files if each.kind is ProjectFileKind.PROOF]

    @property
    def late(self) -> bool:
        """Whether its day is past."""
        return self.review_due_on is not None and self.review_due_on < clock.today()

    @property
    def tells(self) -> bool:
        """Whether its carrier can tell, or correct, what happened."""
        return self.state in TELLS

    @property
    def carrier_stops(self) -> bool:
        """Whether its carrier can say that it does not take place."""
        return self.state in STOPPED_BY_CARRIER

    @property
    def desk_stops(self) -> bool:
        """Whether the desk can."""
        return self.state in STOPPED_BY_DESK

    @property
    def stage(self) -> ReviewStage | None:
        """What its review waits for; None: there is none to wait for."""
        if self.review is not None and self.review.taken_on is not None:
            return ReviewStage.TAKEN
        if self.state is ProjectState.DONE and self.review is not None:
            return ReviewStage.ASKED if self.review.lacks else ReviewStage.TO_READ
        if self.state is ProjectState.PAID:
            return ReviewStage.LATE if self.late else ReviewStage.AWAITED
        if self.state is ProjectState.ABANDONED and self.paid_on is not None:
            return ReviewStage.STOPPED
        return None


def reviewed_project(which: ColumnElement[bool], language: str) -> ReviewedProject | None:
    """A project with its review, by a condition that one `FundProject` meets; 4 statements, 1 where none does."""
    fund = Localized("fund_name", Fund.name_id, language)
    paid_on = (
        select(ProjectStep.on_day)
        .where(ProjectStep.project_id == FundProject.id, ProjectStep.state == ProjectState.PAID.value)
        .limit(1)
        .scalar_subquery()
    )
    statement: Any = (
        select(
            FundProject.id,
            FundProject.number,
            FundProject.title,
            FundProject.lang,
            FundProject.state,
            FundProject.version,
            FundProject.personal,
            FundProject.carrier_name,
            FundProject.contact_name,
            FundProject.asked_cents,
            FundProject.own_cents,
            FundProject.granted_cents,
            FundProject.returned_cents,
            FundProject.review_due_on,
            FundProject.reminded_on,
            paid_on.label("paid_on"),
            Fund.slug.label("fund_slug"),
            FundRound.slug.label("round_slug"),
            Fund.contract_id,
            Fund.commune_id,
            Fund.owner_id,
            ProjectReview.words.label("review_words"),
            ProjectReview.lang.label("review_lang"),
            ProjectReview.people,
            ProjectReview.happened_on,
            ProjectReview.sent_at,
            ProjectReview.asked,
            ProjectReview.asked_at,
            ProjectReview.taken_on,
            ProjectReview.version.label("review_version"),
            *fund.columns,
        )
        .join(FundRound, FundRound.id == FundProject.round_id)
        .join(Fund, Fund.id == FundProject.fund_id)
        .outerjoin(ProjectReview, ProjectReview.project_id == FundProject.id)
        .where(which)
    )
    row = rows_of(fund.join(statement)).one_or_none()
    if row is None:
        return None
    review = None
    if row.review_version is not None:
        review = WrittenReview(
            row.review_words,
            row.review_lang,
            row.people,
            row.happened_on,
            row.sent_at,
            row.asked,
            row.asked_at,
            row.taken_on,
            row.review_version,
        )
    return ReviewedProject(
        id=row.id,
        number=row.number,
        title=row.title,
        lang=row.lang,
        state=ProjectState(row.state),
        version=row.version,
        personal=row.personal,
        carrier_name=row.carrier_name,
        contact_name=row.contact_name,
        asked_cents=row.asked_cents,
        own_cents=row.own_cents,
        granted_cents=row.granted_cents,
        returned_cents=row.returned_cents,
        review_due_on=row.review_due_on,
        reminded_on=row.reminded_on,
        paid_on=row.paid_on,
        fund=fund.words(row),
        fund_slug=row.fund_slug,
        round_slug=row.round_slug,
        contract_id=row.contract_id,
        commune_id=row.commune_id,
        owner_id=row.owner_id,
        lines=_lines(row.id),
        co_funders=_co_funders(row.id),
        files=_files(row.id),
        review=review,
    )


def _lines(project_id: int) -> list[ReviewLine]:
    rows = rows_of(
        select(ProjectCost.id, ProjectCost.label, ProjectCost.cents, ProjectCost.spent_cents)
        .where(ProjectCost.project_id == project_id)
        .order_by(ProjectCost.position)
    )
    return [ReviewLine(row.id, row.label, row.cents, row.spent_cents) for row in rows]


def _co_funders(project_id: int) -> list[CoFunder]:
    rows = rows_of(
        select(ProjectCoFunder.name, ProjectCoFunder.asked_cents, ProjectCoFunder.granted_cents)
        .where(ProjectCoFunder.project_id == project_id)
        .order_by(ProjectCoFunder.position)
    )
    return [CoFunder(row.name, row.asked_cents, row.granted_cents) for row in rows]


def _files(project_id: int) -> list[ReviewFile]:
    rows = rows_of(
        select(ProjectFile.id, ProjectFile.kind, ProjectFile.caption, ProjectFile.hidden_at)
        .where(ProjectFile.project_id == project_id, of_review())
        .order_by(ProjectFile.kind, ProjectFile.position)
    )
    return [
        ReviewFile(row.id, ProjectFileKind(row.kind), row.caption, row.hidden_at is not None) for row in rows
    ]
