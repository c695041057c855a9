"""Groups of ideas: those of a box with how much is in each, one with its ideas, and the retained ones."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import and_, func, select

from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.paging import Cursor, Page, page_of, window
from cdv_civic.ideas.models import Idea, IdeaBox, IdeaGroup, IdeaPlacing
from cdv_civic.ideas.queries.boxes import PublicBox
from cdv_civic.ideas.queries.public import PER_PAGE, IdeaCard, card_of, public_cards
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.rules.decisions import PUBLIC_STATES, TextState


@dataclass(frozen=True)
class IdeaGroupRow:
    """A group, with how many public ideas stand in it."""

    id: int
    title: Words
    words: Words | None
    retained: bool
    ideas: int
    version: int


#: In these not everybody reads an idea.
_UNSEEN: Final = sorted(set(TextState) - PUBLIC_STATES)


def _groups(box_id: int, language: str) -> tuple[Any, Localized, Localized]:
    """The statement of the groups of a box. Of what stands in a group nearly all is public: what is not is counted by
    its state and taken off, which reads a few rows where counting what is public would read all."""
    title = Localized("group_title", IdeaGroup.title_id, language)
    words = Localized("group_words", IdeaGroup.words_id, language)
    placed = (
        select(func.count(IdeaPlacing.id))
        .where(IdeaPlacing.group_id == IdeaGroup.id, IdeaPlacing.ended_at.is_(None))
        .correlate(IdeaGroup)
        .scalar_subquery()
    )
    unseen = (
        select(IdeaPlacing.group_id, func.count(IdeaPlacing.id).label("ideas"))
        .join_from(ModeratedText, Idea, Idea.case_id == ModeratedText.id)
        .join(IdeaPlacing, and_(IdeaPlacing.idea_id == Idea.id, IdeaPlacing.ended_at.is_(None)))
        .where(
            ModeratedText.contract_id
            == select(IdeaBox.contract_id).where(IdeaBox.id == box_id).scalar_subquery(),
            ModeratedText.state.in_(_UNSEEN),
            Idea.box_id == box_id,
        )
        .group_by(IdeaPlacing.group_id)
        .subquery("unseen")
    )
    statement: Any = select(
        IdeaGroup.id,
        IdeaGroup.retained,
        IdeaGroup.version,
        IdeaGroup.merged_into_id,
        (placed - func.coalesce(unseen.c.ideas, 0)).label("ideas"),
        *title.columns,
        *words.columns,
    ).outerjoin(unseen, unseen.c.group_id == IdeaGroup.id)
    return words.join(title.join(statement), optional=True), title, words


def groups_of_box(box_id: int, language: str) -> list[IdeaGroupRow]:
    """The groups of a box that stand for themselves, the retained ones first; 1 statement."""
    statement, title, words = _groups(box_id, language)
    rows = rows_of(
        statement.where(IdeaGroup.box_id == box_id, IdeaGroup.merged_into_id.is_(None)).order_by(
            IdeaGroup.retained.desc(), IdeaGroup.position, IdeaGroup.id
        )
    )
    return [
        IdeaGroupRow(row.id, title.words(row), words.words_or_none(row), row.retained, row.ideas, row.version)
        for row in rows
    ]


@dataclass(frozen=True)
class RetainedGroup:
    """A group that residents may choose, with its title for the option of a question."""

    id: int
    title_id: int


def retained_groups(box_id: int) -> list[RetainedGroup]:
    """The retained groups of a box, in order: what a citizens' choice is made of (`operations.holding.open_choice`).

    A higher feature that asks residents makes an option of each, and says so where the choice is. 1 statement.
    """
    rows = rows_of(
        select(IdeaGroup.id, IdeaGroup.title_id)
        .where(IdeaGroup.box_id == box_id, IdeaGroup.retained)
        .order_by(IdeaGroup.position, IdeaGroup.id)
    )
    return [RetainedGroup(row.id, row.title_id) for row in rows]


@dataclass(frozen=True)
class GroupPage:
    """A group and a page of its public ideas."""

    id: int
    title: Words
    words: Words | None
    retained: bool
    count: int
    #: The group that stands for it, where it went into another one.
    merged_into_id: int | None
    ideas: Page[IdeaCard]


def group_page(box: PublicBox, group_id: int, language: str, cursor: Cursor | None) -> GroupPage | None:
    """A group of a box; 2 statements."""
    statement, title, words = _groups(box.id, language)
    row = rows_of(statement.where(IdeaGroup.box_id == box.id, IdeaGroup.id == group_id)).one_or_none()
    if row is None:
        return None
    cards = public_cards().join(
        IdeaPlacing,
        and_(
            IdeaPlacing.idea_id == Idea.id,
            IdeaPlacing.group_id == group_id,
            IdeaPlacing.ended_at.is_(None),
        ),
    )
    here = Cursor((-cursor.key[0],), cursor.before) if cursor else None
    found = [card_of(each, box) for each in rows_of(window(cards, [-Idea.id], here, PER_PAGE))]
    return GroupPage(
        row.id,
        title.words(row),
        words.words_or_none(row),
        row.retained,
        row.ideas,
        row.merged_into_id,
        page_of(found, cursor, PER_PAGE, lambda card: (card.id,)),
    )
