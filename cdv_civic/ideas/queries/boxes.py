"""Boxes of ideas as everybody sees them, and as those who keep them do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from cdv_civic.core import clock
from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import Localized, Words, texts_in_all
from cdv_civic.core.policy.decisions import may
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.web.validity import valid_until
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaObjection, idea_box_quartier
from cdv_civic.ideas.rules.boxes import box_phases
from cdv_civic.ideas.rules.ideas import Area
from cdv_civic.ideas.scopes import ENTER, boxes_within, quartiers_of_its_own, touched_by_entering_in
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.rules.decisions import TextState
from cdv_civic.participation.rules.phases import Stage
from cdv_civic.participation.speaking import AskedOfSpeakers
from cdv_civic.territory.models import (
    Body,
    Commune,
    Contract,
    Quartier,
    body_commune,
    body_quartier,
    quartier_commune,
)

#: Open boxes of the whole site among which those of a relais are looked for.
MOST_OFFERED: Final = 100


@dataclass(frozen=True)
class BoxQuartier:
    """A quartier that a box is for."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True)
class PublicBox:
    """A box, as its pages show it."""

    id: int
    slug: str
    contract_id: int
    contract: str
    contract_title: str
    body_id: int | None
    commune_id: int | None
    #: Who keeps it, in words; None: the team of the contract.
    keeper: str | None
    #: The body's name in addresses.
    body_slug: str | None
    title: Words
    question: Words
    answerer: Words | None
    answer_days: int | None
    answer_due_on: date | None
    opens_at: datetime | None
    closes_at: datetime | None
    read_before: bool
    supports_shown: str
    area: Area | None
    published: bool
    choice_opened_at: datetime | None
    #: Whether it is that of a consultation, which says when it opens and who sees it.
    by_consultation: bool
    #: What it asks of whoever puts an idea, supports one or makes a point.
    asked: AskedOfSpeakers
    version: int
    stage: Stage

    @property
    def is_open(self) -> bool:
        """Whether it takes ideas and supports now."""
        return self.stage is Stage.OPEN

    @property
    def closed(self) -> bool:
        """Whether it has closed."""
        return self.stage is Stage.AFTER

    @property
    def choice_open(self) -> bool:
        """Whether residents choose among the groups: from then on no idea moves."""
        return self.choice_opened_at is not None and self.choice_opened_at <= clock.now()


_COLUMNS: Final = tuple(IdeaBox.__table__.columns)


def _statement(language: str) -> tuple[Select[Any], tuple[Localized, Localized, Localized]]:
    title = Localized("title", IdeaBox.title_id, language)
    question = Localized("question", IdeaBox.question_id, language)
    answerer = Localized("answerer", IdeaBox.answerer_id, language)
    statement: Any = (
        select(
            *_COLUMNS,
            Contract.slug.label("contract"),
            Contract.short_title.label("contract_title"),
            func.coalesce(Body.name, Commune.name).label("keeper"),
            Body.slug.label("body_slug"),
            *title.columns,
            *question.columns,
            *answerer.columns,
        )
        .join(Contract, Contract.id == IdeaBox.contract_id)
        .outerjoin(Body, Body.id == IdeaBox.body_id)
        .outerjoin(Commune, Commune.id == IdeaBox.commune_id)
    )
    return answerer.join(question.join(title.join(statement)), optional=True), (title, question, answerer)


def _box(row: Any, texts: tuple[Localized, Localized, Localized]) -> PublicBox:
    box = row
    title, question, answerer = texts
    now = clock.now()
    phases = box_phases(box.opens_at, box.closes_at)
    change = phases.next_change(now)
    if change is not None:
        valid_until(change)
    area = None
    if box.south is not None and box.west is not None and box.north is not None and box.east is not None:
        area = Area(box.south, box.west, box.north, box.east)
    return PublicBox(
        box.id,
        box.slug,
        box.contract_id,
        row.contract,
        row.contract_title,
        box.body_id,
        box.commune_id,
        row.keeper,
        row.body_slug,
        title.words(row),
        question.words(row),
        answerer.words_or_none(row),
        box.answer_days,
        box.answer_due_on,
        box.opens_at,
        box.closes_at,
        box.read_before,
        box.supports_shown,
        area,
        box.published_at is not None and box.withdrawn_at is None,
        box.choice_opened_at,
        box.by_consultation,
        AskedOfSpeakers(box.account_asked, box.least_age),
        box.version,
        phases.state_at(now).stage,
    )


def box_is_public() -> ColumnElement[bool]:
    """The condition that everybody sees an `IdeaBox`."""
    return and_(IdeaBox.published_at.is_not(None), IdeaBox.withdrawn_at.is_(None))


def public_box(slug: str, language: str) -> PublicBox | None:
    """A box that everybody sees, by its address; 1 statement."""
    statement, texts = _statement(language)
    row = rows_of(statement.where(IdeaBox.slug == slug, box_is_public())).one_or_none()
    return _box(row, texts) if row is not None else None


def desk_box(slug: str, language: str) -> PublicBox | None:
    """A box, also one that nobody else sees, by its address; 1 statement. The caller asks who may."""
    statement, texts = _statement(language)
    row = rows_of(statement.where(IdeaBox.slug == slug)).one_or_none()
    return _box(row, texts) if row is not None else None


def public_boxes(
    language: str, *, quartiers: Sequence[int] | None = None, body_id: int | None = None, contract: str = ""
) -> list[PublicBox]:
    """The boxes of the site that everybody sees, those of a contract, of a body, or of some quartiers; 1 statement."""
    statement, texts = _statement(language)
    statement = statement.where(box_is_public())
    if contract:
        statement = statement.where(Contract.slug == contract)
    if body_id is not None:
        statement = statement.where(IdeaBox.body_id == body_id)
    if quartiers is not None:
        statement = statement.where(_for_any_of(quartiers))
    rows = rows_of(statement.order_by(IdeaBox.contract_id, IdeaBox.id.desc()))
    return [_box(row, texts) for row in rows]


def boxes_for_register(body_id: int, language: str) -> list[PublicBox]:
    """The boxes that everybody sees of a body, and those, kept by no other, for a quartier of its; 1 statement."""
    statement, texts = _statement(language)
    of_body = idea_box_quartier.c.quartier_id == body_quartier.c.quartier_id
    here = select(body_quartier.c.body_id).where(
        of_body, body_quartier.c.body_id == body_id, idea_box_quartier.c.idea_box_id == IdeaBox.id
    )
    of_quartier = and_(IdeaBox.body_id.is_(None), here.correlate(IdeaBox).exists())
    rows = rows_of(statement.where(box_is_public(), or_(IdeaBox.body_id == body_id, of_quartier)))
    return [_box(row, texts) for row in rows]


def _for_any_of(quartiers: Sequence[int]) -> Any:
    """The condition that a box is for one of some quartiers: it names one, or, naming none, lies where they do."""
    own = select(idea_box_quartier.c.quartier_id).where(idea_box_quartier.c.idea_box_id == IdeaBox.id)
    lies = quartier_commune.c
    of_commune = select(lies.commune_id).where(lies.quartier_id.in_(quartiers))
    bodies = select(body_quartier.c.body_id).where(body_quartier.c.quartier_id.in_(quartiers))
    of_towns = select(body_commune.c.body_id).where(body_commune.c.commune_id.in_(of_commune))
    contracts = select(Quartier.contract_id).where(Quartier.id.in_(quartiers))
    return or_(
        own.where(idea_box_quartier.c.quartier_id.in_(quartiers)).exists(),
        and_(
            ~own.exists(),
            IdeaBox.contract_id.in_(contracts),
            or_(
                and_(IdeaBox.body_id.is_(None), IdeaBox.commune_id.is_(None)),
                IdeaBox.commune_id.in_(of_commune),
                IdeaBox.body_id.in_(bodies),
                IdeaBox.body_id.in_(of_towns),
            ),
        ),
    )


def boxes_to_enter_in(actor: Actor, language: str) -> list[PublicBox]:
    """The open boxes that somebody may write ideas into for others; 5 statements."""
    boxes = [box for box in public_boxes(language) if box.is_open and not box.choice_open][:MOST_OFFERED]
    touched = touched_by_entering_in(db.session(), boxes)
    return [box for box in boxes if may(actor, ENTER, touched[box.id])]


def quartiers_of_box(box_id: int) -> list[BoxQuartier]:
    """The quartiers that a box is for; where it names none, those of its body, its commune or its contract.
    1 statement."""
    rows = rows_of(
        select(Quartier.id, Quartier.slug, Quartier.name)
        .join(IdeaBox, quartiers_of_its_own())
        .where(IdeaBox.id == box_id)
        .order_by(Quartier.position, Quartier.id)
    )
    return [BoxQuartier(row.id, row.slug, row.name) for row in rows]


@dataclass(frozen=True)
class BoxAtDesk:
    """A box in the list of the desk."""

    box: PublicBox
    ideas: int
    waiting: int
    objections: int


def boxes_at_desk(reach: Reach, language: str) -> list[BoxAtDesk]:
    """The boxes within reach, the newest first, with what lies in each; 1 statement."""
    statement, texts = _statement(language)
    ideas = (
        select(func.count(Idea.id)).where(Idea.box_id == IdeaBox.id, Idea.taken_back_at.is_(None))
    ).correlate(IdeaBox)
    waiting = (
        select(func.count(Idea.id))
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .where(Idea.box_id == IdeaBox.id, ModeratedText.state == TextState.WAITING.value)
        .correlate(IdeaBox)
    )
    objections = (
        select(func.count(IdeaObjection.id))
        .join(Idea, Idea.id == IdeaObjection.idea_id)
        .where(Idea.box_id == IdeaBox.id, IdeaObjection.answered_at.is_(None))
        .correlate(IdeaBox)
    )
    rows = rows_of(
        statement.add_columns(
            ideas.scalar_subquery().label("ideas"),
            waiting.scalar_subquery().label("waiting"),
            objections.scalar_subquery().label("objections"),
        )
        .where(boxes_within(reach))
        .order_by(IdeaBox.id.desc())
    )
    return [BoxAtDesk(_box(row, texts), row.ideas, row.waiting, row.objections) for row in rows]


def slug_of_box(box_id: int) -> str | None:
    """The name of a box in addresses; 1 statement."""
    return db.session.execute(select(IdeaBox.slug).where(IdeaBox.id == box_id)).scalar()


@dataclass(frozen=True)
class BoxTexts:
    """The texts of a box by language tag, and the quartiers that it names."""

    title: Mapping[str, str]
    question: Mapping[str, str]
    answerer: Mapping[str, str]
    quartiers: tuple[int, ...]


def texts_of_box(box_id: int) -> BoxTexts:
    """What the form of a box begins with; 3 statements."""
    row = db.session.execute(
        select(IdeaBox.title_id, IdeaBox.question_id, IdeaBox.answerer_id).where(IdeaBox.id == box_id)
    ).one()
    title, question, answerer = texts_in_all(row.title_id, row.question_id, row.answerer_id)
    links = idea_box_quartier.c
    chosen = db.session.execute(select(links.quartier_id).where(links.idea_box_id == box_id)).scalars()
    return BoxTexts(title, question, answerer, tuple(chosen))


def quartiers_within_contract(contract_id: int) -> list[tuple[int, str]]:
    """The quartiers of a contract that a box may be for: ids and names. 1 statement."""
    rows = rows_of(
        select(Quartier.id, Quartier.name)
        .where(Quartier.contract_id == contract_id, Quartier.retired_at.is_(None))
        .order_by(Quartier.name, Quartier.id)
    )
    return [(row.id, row.name) for row in rows]
