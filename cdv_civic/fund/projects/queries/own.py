"""One's own project by its receipt: where it stands, what was said about it, and what one may do; to correct it, all
that it says. And the projects of an account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import (
    FundProject,
    ProjectCoCarrier,
    ProjectCoFunder,
    ProjectCost,
    ProjectFile,
    ProjectStep,
)
from cdv_civic.fund.projects.queries.rounds import PromisedDays, calendar_columns, calendar_of
from cdv_civic.fund.projects.rules import CORRECTABLE, GIVEN_UP_ALONE, NOT_PUBLIC
from cdv_civic.fund.rules.files import ProjectFileKind
from cdv_civic.fund.rules.fund_rules import ChoiceMode, from_data
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.participation.receipts import receipt_hash


@dataclass(frozen=True)
class OwnStep:
    """The project came to a state."""

    state: ProjectState
    on: date
    reason: Words | None
    elsewhere: Words | None


@dataclass(frozen=True)
class OwnProject:
    """One's own project. Its words are shown only where they are written otherwise: a receipt may be lost."""

    id: int
    round_id: int
    number: int
    title: str
    personal: bool
    state: ProjectState
    state_on: date
    frozen: bool
    asked_cents: int
    cost_cents: int
    granted_cents: int
    returned_cents: int
    return_by: date | None
    review_due_on: date | None
    fund_slug: str
    round_slug: str
    fund: Words
    round: Words
    #: Where else to ask, for every refusal of the fund.
    elsewhere: Words | None
    #: Who helps to write a project.
    help: Words | None
    opinion_asked: bool
    choice: ChoiceMode | None
    calendar: PromisedDays
    #: Whether everybody sees its round.
    shown: bool
    steps: Sequence[OwnStep]
    version: int

    @property
    def correctable(self) -> bool:
        """Whether its carrier may write it otherwise."""
        return self.state in CORRECTABLE and not self.frozen

    @property
    def may_give_up(self) -> bool:
        """Whether its carrier may give it up alone."""
        return self.state in GIVEN_UP_ALONE

    @property
    def was_public(self) -> bool:
        """Whether it was ever one that everybody could read."""
        return any(step.state not in NOT_PUBLIC | {ProjectState.ABANDONED} for step in self.steps)

    @property
    def public(self) -> bool:
        """Whether everybody reads it."""
        return self.shown and not self.personal and self.state not in NOT_PUBLIC and self.was_public

    @property
    def last(self) -> OwnStep:
        """Where it stands, with what was said about it."""
        return self.steps[-1]

    @property
    def days(self) -> int:
        """Days from the deposit to the last step."""
        return (self.steps[-1].on - self.steps[0].on).days


def own_project(code: str, language: str) -> OwnProject | None:
    """A project by its receipt (as `read_receipt` gives it); 2 statements, 1 where it is none."""
    texts = {
        "fund": Localized("fund_name", Fund.name_id, language),
        "round": Localized("round_title", FundRound.title_id, language),
        "elsewhere": Localized("elsewhere", Fund.elsewhere_id, language),
        "help": Localized("help", Fund.help_id, language),
    }
    statement: Any = (
        select(
            FundProject.id,
            FundProject.round_id,
            FundProject.number,
            FundProject.title,
            FundProject.personal,
            FundProject.state,
            FundProject.state_on,
            FundProject.frozen_at,
            FundProject.asked_cents,
            FundProject.cost_cents,
            FundProject.granted_cents,
            FundProject.returned_cents,
            FundProject.return_by,
            FundProject.review_due_on,
            FundProject.version,
            Fund.slug.label("fund_slug"),
            Fund.published_at,
            Fund.withdrawn_at,
            FundRound.published_at.label("round_published_at"),
            FundRound.slug.label("round_slug"),
            FundRound.opinion_asked,
            FundRound.rules,
            *calendar_columns(),
            *(column for text in texts.values() for column in text.columns),
        )
        .join(FundRound, FundRound.id == FundProject.round_id)
        .join(Fund, Fund.id == FundProject.fund_id)
        .where(FundProject.receipt_hash == receipt_hash(code))
    )
    for name, text in texts.items():
        statement = text.join(statement, optional=name in ("elsewhere", "help"))
    row = rows_of(statement).one_or_none()
    if row is None:
        return None
    return OwnProject(
        row.id,
        row.round_id,
        row.number,
        row.title,
        row.personal,
        ProjectState(row.state),
        row.state_on,
        row.frozen_at is not None,
        row.asked_cents,
        row.cost_cents,
        row.granted_cents,
        row.returned_cents,
        row.return_by,
        row.review_due_on,
        row.fund_slug,
        row.round_slug,
        texts["fund"].words(row),
        texts["round"].words(row),
        texts["elsewhere"].words_or_none(row),
        texts["help"].words_or_none(row),
        row.opinion_asked,
        from_data(row.rules).choice,
        calendar_of(row),
        row.published_at is not None and row.withdrawn_at is None and row.round_published_at is not None,
        _steps(row.id, language),
        row.version,
    )


def _steps(project_id: int, language: str) -> list[OwnStep]:
    reason = Localized("reason", ProjectStep.reason_id, language)
    elsewhere = Localized("step_elsewhere", ProjectStep.elsewhere_id, language)
    statement: Any = (
        select(ProjectStep.state, ProjectStep.on_day, *reason.columns, *elsewhere.columns)
        .where(ProjectStep.project_id == project_id)
        .order_by(ProjectStep.position)
    )
    statement = elsewhere.join(reason.join(statement, optional=True), optional=True)
    return [
        OwnStep(ProjectState(row.state), row.on_day, reason.words_or_none(row), elsewhere.words_or_none(row))
        for row in rows_of(statement)
    ]


@dataclass(frozen=True)
class OwnQuote:
    """A quote that is there."""

    id: int
    caption: str


@dataclass(frozen=True)
class OwnContent:
    """All that a project says, as the fields of its form begin."""

    fields: dict[str, Any]
    quotes: Sequence[OwnQuote]
    has_photo: bool
    has_contact: bool


def amount_typed(cents: int) -> str:
    """An amount as somebody types it, in any language: « 1500,50 »."""
    euros, rest = divmod(cents, 100)
    return f"{euros},{rest:02}" if rest else str(euros)


def own_content(project_id: int) -> OwnContent:
    """What a project says; 5 statements. The contact is not given back: a receipt may be lost."""
    row = rows_of(select(*FundProject.__table__.columns).where(FundProject.id == project_id)).one()
    fields: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            *("title", "summary", "words", "for_whom", "place", "when_text", "purposes", "in_programme"),
            *("transport", "carrier_kind", "carrier_name", "rna", "siret", "signed", "minor", "age"),
            *("accompanist", "contact_name", "contact_language", "version"),
        )
    }
    fields |= {
        "quartier": row.quartier_id,
        "envelope": row.envelope_id,
        "axis": row.axis_id,
        "body": row.body_id,
        "agrees": bool(row.counterpart),
        "asked": amount_typed(row.asked_cents),
        "own": amount_typed(row.own_cents) if row.own_cents else "",
    }
    for each in _below(ProjectCost, project_id):
        fields |= {f"label_{each.position}": each.label, f"amount_{each.position}": amount_typed(each.cents)}
    for each in _below(ProjectCoFunder, project_id):
        fields[f"funder_{each.position}"] = each.name
        fields[f"funder_amount_{each.position}"] = amount_typed(each.asked_cents)
    for each in _below(ProjectCoCarrier, project_id):
        fields[f"co_carrier_{each.position}"] = each.name
    quotes = [
        OwnQuote(each.id, each.caption)
        for each in _below(ProjectFile, project_id)
        if each.kind == ProjectFileKind.QUOTE
    ]
    return OwnContent(fields, quotes, row.photo_id is not None, row.contact is not None)


def _below(kind: Any, project_id: int) -> Sequence[Any]:
    statement = select(*kind.__table__.columns).where(kind.project_id == project_id)
    return rows_of(statement.order_by(kind.position)).all()


@dataclass(frozen=True)
class OwnListed:
    """A project that somebody put with their account, as a list shows it."""

    number: int
    title: str
    state: ProjectState
    state_on: date
    fund: Words
    fund_slug: str
    round_slug: str
    public: bool


def own_projects(account_id: int, language: str, most: int) -> list[OwnListed]:
    """The projects that changed last; 1 statement."""
    fund = Localized("fund_name", Fund.name_id, language)
    statement = (
        select(
            FundProject.number,
            FundProject.title,
            FundProject.state,
            FundProject.state_on,
            FundProject.personal,
            Fund.slug.label("fund_slug"),
            FundRound.slug.label("round_slug"),
            *fund.columns,
        )
        .join(FundRound, FundRound.id == FundProject.round_id)
        .join(Fund, Fund.id == FundProject.fund_id)
        .where(FundProject.author_id == account_id)
        .order_by(FundProject.state_on.desc(), FundProject.id.desc())
        .limit(most)
    )
    return [
        OwnListed(
            row.number,
            row.title,
            ProjectState(row.state),
            row.state_on,
            fund.words(row),
            row.fund_slug,
            row.round_slug,
            not row.personal and row.state not in NOT_PUBLIC | {ProjectState.ABANDONED},
        )
        for row in rows_of(fund.join(statement))
    ]
