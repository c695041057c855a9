"""Projects that everybody reads: those of a round, and one of them from its idea to its photo.

Nothing here selects an account, a person to write to, or what is between a carrier and the desk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import func, select

from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.paging import Cursor, Page, page_of, window
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.fund.models.choosing import ProjectOpinion
from cdv_civic.fund.models.projects import (
    FundProject,
    ProjectCoFunder,
    ProjectCost,
    ProjectFile,
    ProjectReview,
    ProjectStep,
)
from cdv_civic.fund.project_words import CARRIERS, STATES
from cdv_civic.fund.public.queries.funds import RoundFacts, project_is_counted, project_is_public
from cdv_civic.fund.rule_words import STANCES
from cdv_civic.fund.rules.files import ProjectFileKind
from cdv_civic.fund.rules.projects import HOLDS_MONEY, ProjectState, silent_since
from cdv_civic.fund.rules.published import DECIDED, OVER, TOLD_STEPS
from cdv_civic.territory.models import Axis, Body, Quartier
from cdv_civic.territory.vocabulary import CodedTerm

PER_PAGE: Final = 20
#: What narrows the list of a round, as its address says it: states that read alike.
FILTERS: Final[Mapping[str, frozenset[ProjectState]]] = {
    "en-attente": frozenset({ProjectState.ADMISSIBLE, ProjectState.OPINION, ProjectState.IN_CHOICE}),
    "retenus": HOLDS_MONEY,
    "non-retenus": frozenset({ProjectState.NOT_SELECTED}),
    "arretes": frozenset({ProjectState.ABANDONED}),
}


def carrier_said(kind: str | None, name: str, signed: str | None) -> Any:
    """Who carries a project, for everybody: the name of an association or a school, the first name that somebody
    wished, or what kind of people they are."""
    return name or signed or CARRIERS.get(kind or "", "")


@dataclass(frozen=True)
class ProjectCard:
    """A project in a list."""

    number: int
    title: str
    summary: str
    lang: str | None
    carrier: Any
    quartier: str | None
    state: CodedTerm
    asked_cents: int
    granted_cents: int
    photo: bool


def _card(row: Any) -> ProjectCard:
    return ProjectCard(
        row.number,
        row.title,
        row.summary,
        row.lang,
        carrier_said(row.carrier_kind, row.carrier_name, row.signed),
        row.quartier,
        STATES[row.state],
        row.asked_cents,
        row.granted_cents,
        row.photo_id is not None,
    )


def _cards() -> Any:
    statement: Any = (
        select(
            FundProject.number,
            FundProject.title,
            FundProject.summary,
            FundProject.lang,
            FundProject.carrier_kind,
            FundProject.carrier_name,
            FundProject.signed,
            Quartier.name.label("quartier"),
            FundProject.state,
            FundProject.asked_cents,
            FundProject.granted_cents,
            FundProject.photo_id,
        )
        .outerjoin(Quartier, Quartier.id == FundProject.quartier_id)
        .where(project_is_public())
    )
    return statement


def projects_page(round_id: int, filter_name: str, cursor: Cursor | None) -> Page[ProjectCard]:
    """A page of the public projects of a round, by their numbers; 1 statement."""
    statement = _cards().where(FundProject.round_id == round_id)
    if filter_name in FILTERS:
        statement = statement.where(FundProject.state.in_(sorted(FILTERS[filter_name])))
    rows = rows_of(window(statement, [FundProject.number], cursor, PER_PAGE))
    return page_of([_card(row) for row in rows], cursor, PER_PAGE, lambda card: (card.number,))


@dataclass(frozen=True)
class RoundCounts:
    """How many projects of a round are where, and the money that they were granted."""

    by_filter: Mapping[str, int]
    asked_cents: int
    granted_cents: int  #: less what went back

    @property
    def projects(self) -> int:
        """All of them."""
        return sum(self.by_filter.values())


def counts_of_round(round_id: int) -> RoundCounts:
    """The counts of a round, also of one for persons; 1 statement."""
    rows = rows_of(
        select(
            FundProject.state,
            func.count(FundProject.id).label("projects"),
            func.sum(FundProject.asked_cents).label("asked"),
            func.sum(FundProject.granted_cents - FundProject.returned_cents).label("granted"),
        )
        .where(FundProject.round_id == round_id, project_is_counted())
        .group_by(FundProject.state)
    ).all()
    return RoundCounts(
        {
            name: sum(row.projects for row in rows if ProjectState(row.state) in states)
            for name, states in FILTERS.items()
        },
        int(sum(row.asked for row in rows)),
        int(sum(row.granted for row in rows)),
    )


@dataclass(frozen=True)
class ToldStep:
    """A state that a project came to, on its public page."""

    state: CodedTerm
    on: date
    #: Why it was not chosen.
    reason: Words | None


@dataclass(frozen=True)
class ToldOpinion:
    """What a body said of a project."""

    body: str
    body_slug: str
    stance: CodedTerm
    reasons: Words
    given_on: date
    aside: int


@dataclass(frozen=True)
class ToldReview:
    """What happened, as the carrier tells it."""

    words: str
    lang: str | None
    people: int
    happened_on: date
    photos: Sequence[tuple[int, str]]  #: ids of files, and what they show


@dataclass(frozen=True)
class PublicProject:
    """One project, as its page shows it."""

    number: int
    title: str
    summary: str
    words: str
    for_whom: str
    place: str
    when_text: str
    lang: str | None
    carrier: Any
    quartier: str | None
    quartier_slug: str | None
    axis: str | None  #: its code
    axis_title: Words | None
    purposes: Sequence[str]
    accompanist: str
    asked_cents: int
    own_cents: int
    cost_cents: int
    granted_cents: int
    returned_cents: int
    photo: bool
    state: CodedTerm
    costs: Sequence[tuple[str, int, int | None]]  #: label, cents, cents that were spent
    co_funders: Sequence[tuple[str, int, int | None]]  #: name, cents asked, cents granted
    steps: Sequence[ToldStep]
    opinions: Sequence[ToldOpinion]  #: none before the decision
    review: ToldReview | None
    #: The last day on which anything was told, where that is too long ago.
    silent_since: date | None


def public_project(fund_round: RoundFacts, number: int, language: str, today: date) -> PublicProject | None:
    """A project of a round that everybody sees, whole; 7 statements."""
    axis = Localized("axis_title", Axis.title_id, language)
    statement: Any = (
        select(
            *FundProject.__table__.columns,
            Quartier.name.label("quartier"),
            Quartier.slug.label("quartier_slug"),
            Axis.code.label("axis"),
            *axis.columns,
        )
        .outerjoin(Quartier, Quartier.id == FundProject.quartier_id)
        .outerjoin(Axis, Axis.id == FundProject.axis_id)
        .where(FundProject.round_id == fund_round.id, FundProject.number == number, project_is_public())
    )
    row = rows_of(axis.join(statement, optional=True)).one_or_none()
    if row is None:
        return None
    steps, told_on, decided = _steps(row.id, language)
    review = _review(row.id)
    if review is not None:
        told_on.append(review[1])
    state = ProjectState(row.state)
    return PublicProject(
        row.number,
        row.title,
        row.summary,
        row.words,
        row.for_whom,
        row.place,
        row.when_text,
        row.lang,
        carrier_said(row.carrier_kind, row.carrier_name, row.signed),
        row.quartier,
        row.quartier_slug,
        row.axis,
        axis.words_or_none(row),
        row.purposes,
        row.accompanist,
        row.asked_cents,
        row.own_cents,
        row.cost_cents,
        row.granted_cents,
        row.returned_cents,
        row.photo_id is not None,
        STATES[row.state],
        _costs(row.id, spent=review is not None and review[0] is not None),
        _co_funders(row.id),
        steps,
        _opinions(row.id, language) if decided else [],
        review[0] if review is not None else None,
        None if state in OVER else silent_since(told_on, today),
    )


def _steps(project_id: int, language: str) -> tuple[list[ToldStep], list[date], bool]:
    """What is told of the way of a project, the days on which anything was, and whether it was decided."""
    reason = Localized("step_reason", ProjectStep.reason_id, language)
    statement: Any = (
        select(ProjectStep.state, ProjectStep.on_day, *reason.columns)
        .where(ProjectStep.project_id == project_id)
        .order_by(ProjectStep.position)
    )
    rows = rows_of(reason.join(statement, optional=True)).all()
    told = [
        ToldStep(
            STATES[row.state],
            row.on_day,
            reason.words_or_none(row) if row.state == ProjectState.NOT_SELECTED.value else None,
        )
        for row in rows
        if ProjectState(row.state) in TOLD_STEPS
    ]
    return told, [row.on_day for row in rows], any(ProjectState(row.state) in DECIDED for row in rows)


def _costs(project_id: int, *, spent: bool) -> list[tuple[str, int, int | None]]:
    rows = rows_of(
        select(ProjectCost.label, ProjectCost.cents, ProjectCost.spent_cents)
        .where(ProjectCost.project_id == project_id)
        .order_by(ProjectCost.position)
    )
    return [(row.label, row.cents, row.spent_cents if spent else None) for row in rows]


def _co_funders(project_id: int) -> list[tuple[str, int, int | None]]:
    rows = rows_of(
        select(ProjectCoFunder.name, ProjectCoFunder.asked_cents, ProjectCoFunder.granted_cents)
        .where(ProjectCoFunder.project_id == project_id)
        .order_by(ProjectCoFunder.position)
    )
    return [(row.name, row.asked_cents, row.granted_cents) for row in rows]


def _opinions(project_id: int, language: str) -> list[ToldOpinion]:
    reasons = Localized("opinion_reasons", ProjectOpinion.reasons_id, language)
    statement: Any = (
        select(
            Body.name,
            Body.slug,
            ProjectOpinion.stance,
            ProjectOpinion.given_on,
            ProjectOpinion.aside,
            *reasons.columns,
        )
        .join(Body, Body.id == ProjectOpinion.body_id)
        .where(ProjectOpinion.project_id == project_id)
        .order_by(ProjectOpinion.given_on, ProjectOpinion.id)
    )
    return [
        ToldOpinion(row.name, row.slug, STANCES[row.stance], reasons.words(row), row.given_on, row.aside)
        for row in rows_of(reasons.join(statement))
    ]


def _review(project_id: int) -> tuple[ToldReview | None, date] | None:
    """The review of a project, None while the desk has not taken it, and the day on which it came; None: none came."""
    row = rows_of(
        select(
            ProjectReview.words,
            ProjectReview.lang,
            ProjectReview.people,
            ProjectReview.happened_on,
            ProjectReview.sent_at,
            ProjectReview.taken_at,
        ).where(ProjectReview.project_id == project_id)
    ).one_or_none()
    if row is None:
        return None
    if row.taken_at is None:
        return None, row.sent_at.date()
    photos = rows_of(
        select(ProjectFile.file_id, ProjectFile.caption)
        .where(ProjectFile.project_id == project_id, *_is_shown_photo())
        .order_by(ProjectFile.position)
    )
    shown = ToldReview(
        row.words, row.lang, row.people, row.happened_on, [(each.file_id, each.caption) for each in photos]
    )
    return shown, row.sent_at.date()


def _is_shown_photo() -> tuple[Any, ...]:
    return (ProjectFile.kind == ProjectFileKind.PHOTO.value, ProjectFile.hidden_at.is_(None))


def photo_of(round_id: int, number: int) -> StoredFile | None:
    """The photo of a project that everybody reads; 1 statement."""
    return db.session.execute(
        select(StoredFile)
        .join(FundProject, FundProject.photo_id == StoredFile.id)
        .where(FundProject.round_id == round_id, FundProject.number == number, project_is_public())
    ).scalar()


def review_photo_of(round_id: int, number: int, file_id: int) -> StoredFile | None:
    """A photo of the review of a project that everybody reads; 1 statement."""
    return db.session.execute(
        select(StoredFile)
        .join(ProjectFile, ProjectFile.file_id == StoredFile.id)
        .join(FundProject, FundProject.id == ProjectFile.project_id)
        .join(ProjectReview, ProjectReview.project_id == FundProject.id)
        .where(
            FundProject.round_id == round_id,
            FundProject.number == number,
            StoredFile.id == file_id,
            ProjectReview.taken_at.is_not(None),
            project_is_public(),
            *_is_shown_photo(),
        )
    ).scalar()
