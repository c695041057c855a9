"""What whoever keeps a box reads: its ideas with their groups, one idea, objections that wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, or_, select

from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import Localized, Words, texts_in_all
from cdv_civic.core.paging import Cursor, Page, page_of, window
from cdv_civic.core.stemming import search_words
from cdv_civic.ideas.models import Idea, IdeaGroup, IdeaObjection, IdeaPlacing
from cdv_civic.ideas.queries.public import found_in
from cdv_civic.ideas.rules.grouping import MOST_AT_ONCE
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.queries.public import is_public, shown_title, shown_words
from cdv_civic.participation.wording import THEME_WORDS
from cdv_civic.territory.vocabulary import CodedTerm

PER_PAGE: Final = 50
#: In the place of a group’s id: ideas that stand in none.
UNGROUPED: Final = "aucun"


@dataclass(frozen=True)
class DeskIdea:
    """An idea in the table of the desk."""

    id: int
    title: str
    words: str
    lang: str | None
    theme: CodedTerm
    received_on: date
    supports: int
    group_id: int | None
    group: Words | None
    answered: bool
    version: int


@dataclass(frozen=True)
class DeskFilters:
    """What narrows the table."""

    q: str = ""
    theme: str = ""
    #: The id of a group, or `UNGROUPED`; None: all.
    group: int | str | None = None

    @property
    def active(self) -> int:
        """How many are on, the search apart."""
        return bool(self.theme) + (self.group is not None)


def _ideas(language: str) -> tuple[Any, Localized]:
    group = Localized("group_title", IdeaGroup.title_id, language)
    statement: Any = (
        select(
            Idea.id,
            shown_title(Idea.title).label("title"),
            shown_words(Idea.words).label("words"),
            Idea.lang,
            Idea.theme,
            Idea.received_on,
            Idea.supports,
            IdeaPlacing.group_id,
            Idea.answered_at,
            Idea.version,
            *group.columns,
        )
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .outerjoin(IdeaPlacing, and_(IdeaPlacing.idea_id == Idea.id, IdeaPlacing.ended_at.is_(None)))
        .outerjoin(IdeaGroup, IdeaGroup.id == IdeaPlacing.group_id)
        # What not everybody may read is for moderators alone, who may be others.
        .where(is_public())
    )
    return group.join(statement, optional=True), group


def _idea(row: Any, group: Localized) -> DeskIdea:
    return DeskIdea(
        row.id,
        row.title,
        row.words,
        row.lang,
        THEME_WORDS[row.theme],
        row.received_on,
        row.supports,
        row.group_id,
        group.words_or_none(row),
        row.answered_at is not None,
        row.version,
    )


def desk_page(box_id: int, filters: DeskFilters, language: str, cursor: Cursor | None) -> Page[DeskIdea]:
    """A page of the ideas of a box, the newest first; 1 statement."""
    statement, group = _ideas(language)
    statement = statement.where(Idea.box_id == box_id)
    if filters.theme:
        statement = statement.where(Idea.theme == filters.theme)
    if filters.group == UNGROUPED:
        statement = statement.where(IdeaPlacing.id.is_(None))
    elif filters.group is not None:
        statement = statement.where(IdeaPlacing.group_id == filters.group)
    for terms in search_words(filters.q) if filters.q else ():
        statement = statement.where(or_(*map(found_in, terms)))
    here = Cursor((-cursor.key[0],), cursor.before) if cursor else None
    rows = [_idea(row, group) for row in rows_of(window(statement, [-Idea.id], here, PER_PAGE))]
    return page_of(rows, cursor, PER_PAGE, lambda idea: (idea.id,))


def titles_of(box_id: int, ids: Sequence[int]) -> list[str]:
    """The titles of some public ideas of a box, the oldest first; 1 statement."""
    return list(
        db.session.execute(
            select(Idea.title)
            .join(ModeratedText, ModeratedText.id == Idea.case_id)
            .where(Idea.box_id == box_id, Idea.id.in_(ids), is_public())
            .order_by(Idea.id)
        ).scalars()
    )


def titles_in_group(box_id: int, group_id: int) -> list[tuple[int, str]]:
    """The public ideas that stand in a group, the oldest first: ids and titles, as many as one act moves.
    1 statement."""
    rows = rows_of(
        select(Idea.id, shown_title(Idea.title).label("title"))
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .join(IdeaPlacing, and_(IdeaPlacing.idea_id == Idea.id, IdeaPlacing.ended_at.is_(None)))
        .where(Idea.box_id == box_id, IdeaPlacing.group_id == group_id, is_public())
        .order_by(Idea.id)
        .limit(MOST_AT_ONCE)
    )
    return [(row.id, row.title) for row in rows]


@dataclass(frozen=True)
class AnsweredIdea:
    """An idea as the form of its answer shows it; the answer by language tag."""

    idea: DeskIdea
    answer: Mapping[str, str]
    answered_by: str | None


def desk_idea(box_id: int, idea_id: int, language: str) -> AnsweredIdea | None:
    """One idea of a box, with its answer in all languages; 3 statements at most."""
    statement, group = _ideas(language)
    row = rows_of(statement.where(Idea.box_id == box_id, Idea.id == idea_id)).one_or_none()
    if row is None:
        return None
    answer = db.session.execute(select(Idea.answer_id, Idea.answered_by).where(Idea.id == idea_id)).one()
    (texts,) = texts_in_all(answer.answer_id)
    return AnsweredIdea(_idea(row, group), texts, answer.answered_by)


@dataclass(frozen=True)
class DeskGroupTexts:
    """The texts of a group by language tag, as its form begins."""

    title: Mapping[str, str]
    words: Mapping[str, str]
    retained: bool
    version: int


def group_texts(box_id: int, group_id: int) -> DeskGroupTexts | None:
    """A group that stands for itself; 2 statements."""
    row = db.session.execute(
        select(IdeaGroup.title_id, IdeaGroup.words_id, IdeaGroup.retained, IdeaGroup.version).where(
            IdeaGroup.id == group_id, IdeaGroup.box_id == box_id, IdeaGroup.merged_into_id.is_(None)
        )
    ).one_or_none()
    if row is None:
        return None
    title, words = texts_in_all(row.title_id, row.words_id)
    return DeskGroupTexts(title, words, row.retained, row.version)


@dataclass(frozen=True)
class DeskObjection:
    """What somebody says against the group of their idea."""

    id: int
    idea_id: int
    #: The title of the idea; None: not everybody reads it, and whoever keeps the box may be no moderator.
    title: str | None
    lang: str | None
    words: str
    received_at: datetime
    group_id: int | None
    group: Words | None
    version: int
    #: None: it waits.
    answer: Words | None


def open_objections(box_id: int, language: str) -> list[DeskObjection]:
    """The objections of a box that nobody has answered, the oldest first; 1 statement."""
    return _objections(box_id, language, IdeaObjection.answered_at.is_(None))


def desk_objection(box_id: int, objection_id: int, language: str) -> DeskObjection | None:
    """One objection of a box, answered or not, while its idea is there; 1 statement."""
    return next(iter(_objections(box_id, language, IdeaObjection.id == objection_id)), None)


def _objections(box_id: int, language: str, which: ColumnElement[bool]) -> list[DeskObjection]:
    group = Localized("group_title", IdeaGroup.title_id, language)
    answer = Localized("objection_answer", IdeaObjection.answer_id, language)
    statement: Any = (
        select(
            IdeaObjection.id,
            IdeaObjection.idea_id,
            case((is_public(), shown_title(Idea.title)), else_=None).label("title"),
            IdeaObjection.lang,
            IdeaObjection.words,
            IdeaObjection.received_at,
            IdeaPlacing.group_id,
            IdeaObjection.version,
            *group.columns,
            *answer.columns,
        )
        .join(Idea, Idea.id == IdeaObjection.idea_id)
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .outerjoin(IdeaPlacing, and_(IdeaPlacing.idea_id == Idea.id, IdeaPlacing.ended_at.is_(None)))
        .outerjoin(IdeaGroup, IdeaGroup.id == IdeaPlacing.group_id)
        .where(Idea.box_id == box_id, Idea.taken_back_at.is_(None), which)
        .order_by(IdeaObjection.id)
    )
    statement = answer.join(group.join(statement, optional=True), optional=True)
    return [
        DeskObjection(
            row.id,
            row.idea_id,
            row.title,
            row.lang,
            row.words,
            row.received_at,
            row.group_id,
            group.words_or_none(row),
            row.version,
            answer.words_or_none(row),
        )
        for row in rows_of(statement)
    ]
