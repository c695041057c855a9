"""One's own idea or point by its receipt: where it stands, what was said about it, and what one may do."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaGroup, IdeaObjection, IdeaPlacing, IdeaPoint
from cdv_civic.ideas.rules.grouping import WhyNotObject, why_not_object
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.queries.public import shown_title
from cdv_civic.moderation.rules.decisions import PUBLIC_STATES, TextState
from cdv_civic.participation.receipts import receipt_hash
from cdv_civic.territory.models import Body, Commune


@dataclass(frozen=True)
class OwnObjection:
    """What the author said against the group, and the answer."""

    received_at: datetime
    answer: Words | None
    moved: bool | None


@dataclass(frozen=True)
class OwnIdea:
    """One's own idea. Its words are shown only where they must be written otherwise: a receipt may be lost."""

    id: int
    case_id: int
    slug: str
    box: Words
    state: TextState
    minor: bool
    title: str
    words: str
    received_on: date
    due_at: datetime
    answer_due_on: date | None
    answer_days: int | None
    answer: Words | None
    answered_by: str | None
    answered_at: datetime | None
    group_id: int | None
    group: Words | None
    group_words: Words | None
    group_retained: bool
    objection: OwnObjection | None
    box_id: int
    #: Since when residents choose among the groups.
    choice_opened_at: datetime | None
    #: Who keeps the box, in words; None: the team of the contract.
    keeper: str | None
    #: What keeps the author from objecting; None: nothing does.
    why_not_object: WhyNotObject | None
    #: The idea that stands for it, where a moderator merged them.
    merged_into_id: int | None

    @property
    def public(self) -> bool:
        """Whether everybody reads it."""
        return self.state in PUBLIC_STATES


def own_idea(code: str, language: str) -> OwnIdea | None:
    """An idea by its receipt (as `read_receipt` gives it); 1 statement."""
    box = Localized("box_title", IdeaBox.title_id, language)
    answer = Localized("answer", Idea.answer_id, language)
    title = Localized("group_title", IdeaGroup.title_id, language)
    words = Localized("group_words", IdeaGroup.words_id, language)
    reply = Localized("reply", IdeaObjection.answer_id, language)
    other = aliased(Idea)
    statement: Any = (
        select(
            Idea.id,
            Idea.case_id,
            IdeaBox.slug,
            IdeaBox.id.label("box_id"),
            IdeaBox.choice_opened_at,
            func.coalesce(Body.name, Commune.name).label("keeper"),
            ModeratedText.state,
            ModeratedText.due_at,
            Idea.minor,
            Idea.title,
            Idea.words,
            Idea.received_on,
            IdeaBox.answer_due_on,
            IdeaBox.answer_days,
            Idea.answered_by,
            Idea.answered_at,
            IdeaPlacing.group_id,
            IdeaGroup.retained.label("group_retained"),
            IdeaObjection.received_at.label("objected_at"),
            IdeaObjection.moved,
            other.id.label("merged_into_id"),
            *box.columns,
            *answer.columns,
            *title.columns,
            *words.columns,
            *reply.columns,
        )
        .join(IdeaBox, IdeaBox.id == Idea.box_id)
        .outerjoin(Body, Body.id == IdeaBox.body_id)
        .outerjoin(Commune, Commune.id == IdeaBox.commune_id)
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .outerjoin(IdeaPlacing, and_(IdeaPlacing.idea_id == Idea.id, IdeaPlacing.ended_at.is_(None)))
        .outerjoin(IdeaGroup, IdeaGroup.id == IdeaPlacing.group_id)
        .outerjoin(IdeaObjection, IdeaObjection.idea_id == Idea.id)
        .outerjoin(other, other.case_id == ModeratedText.merged_into_id)
        .where(Idea.receipt_hash == receipt_hash(code))
    )
    for each in (answer, title, words, reply):
        statement = each.join(statement, optional=True)
    row = rows_of(box.join(statement)).one_or_none()
    if row is None:
        return None
    objected = row.objected_at is not None
    return OwnIdea(
        row.id,
        row.case_id,
        row.slug,
        box.words(row),
        TextState(row.state),
        row.minor,
        row.title,
        row.words,
        row.received_on,
        row.due_at,
        row.answer_due_on,
        row.answer_days,
        answer.words_or_none(row),
        row.answered_by,
        row.answered_at,
        row.group_id,
        title.words_or_none(row),
        words.words_or_none(row),
        bool(row.group_retained),
        OwnObjection(row.objected_at, reply.words_or_none(row), row.moved) if objected else None,
        row.box_id,
        row.choice_opened_at,
        row.keeper,
        why_not_object(
            grouped=row.group_id is not None,
            objected=objected,
            choice_opened_at=row.choice_opened_at,
            now=clock.now(),
        ),
        row.merged_into_id,
    )


@dataclass(frozen=True)
class OwnPoint:
    """One's own point."""

    id: int
    case_id: int
    slug: str
    idea_id: int
    #: The title of the idea that it is about; None: nobody reads that one any more.
    idea: str | None
    state: TextState
    side: str
    words: str
    due_at: datetime

    @property
    def public(self) -> bool:
        """Whether everybody reads it, beside its idea."""
        return self.state in PUBLIC_STATES and self.idea is not None


def own_point(code: str) -> OwnPoint | None:
    """A point by its receipt (as `read_receipt` gives it); 1 statement."""
    of_idea = aliased(ModeratedText)
    row = rows_of(
        select(
            IdeaPoint.id,
            IdeaPoint.case_id,
            IdeaBox.slug,
            IdeaPoint.idea_id,
            shown_title(Idea.title, of_idea).label("title"),
            ModeratedText.state,
            IdeaPoint.side,
            IdeaPoint.words,
            ModeratedText.due_at,
            of_idea.state.label("idea_state"),
        )
        .join(Idea, Idea.id == IdeaPoint.idea_id)
        .join(of_idea, of_idea.id == Idea.case_id)
        .join(IdeaBox, IdeaBox.id == Idea.box_id)
        .join(ModeratedText, ModeratedText.id == IdeaPoint.case_id)
        .where(IdeaPoint.receipt_hash == receipt_hash(code))
    ).one_or_none()
    if row is None:
        return None
    return OwnPoint(
        row.id,
        row.case_id,
        row.slug,
        row.idea_id,
        row.title if row.idea_state in PUBLIC_STATES else None,
        TextState(row.state),
        row.side,
        row.words,
        row.due_at,
    )
