"""What everybody reads of a box: ideas that moderation published, their points, and what looks like them.

Nothing here selects an account or a way to answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, literal, or_, select

from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.paging import Cursor, Page, page_of, window
from cdv_civic.core.stemming import QueryTerm, search_document, search_words
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.ideas.models import Idea, IdeaGroup, IdeaPlacing, IdeaPoint
from cdv_civic.ideas.queries.boxes import PublicBox
from cdv_civic.ideas.rules.boxes import shown_supports
from cdv_civic.ideas.rules.ideas import PointSide, alike
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.queries.public import is_public, part_hidden, shown_title, shown_words
from cdv_civic.participation.wording import CHANNEL_WORDS, THEME_WORDS
from cdv_civic.territory.models import Quartier
from cdv_civic.territory.vocabulary import CodedTerm

PER_PAGE: Final = 20
#: Points of a column on the page of an idea; the newest stand first.
MOST_POINTS: Final = 50
#: Candidates that what looks alike is looked for among.
_MOST_CANDIDATES: Final = 300


@dataclass(frozen=True)
class IdeaCard:
    """An idea in a list."""

    id: int
    title: str
    #: The beginning of its words.
    words: str
    lang: str | None
    theme: CodedTerm
    quartier: str | None
    received_on: date
    signed: str | None
    #: As everybody reads them; None: not told yet; 0: few.
    supports: int | None
    counted: int
    answered: bool


@dataclass(frozen=True)
class IdeaFilters:
    """What narrows the list of a box."""

    q: str = ""
    theme: str = ""
    quartier: str = ""
    #: The most supported first; else the newest.
    by_support: bool = False


def found_in(term: QueryTerm) -> ColumnElement[bool]:
    """The condition that a stem stands in an idea. Stems hold neither `%` nor `_`."""
    padded = literal(" ").concat(Idea.search_text).concat(" ")
    return padded.like(f"% {term.text} %") if term.exact else padded.like(f"% {term.text}%")


def public_cards() -> Any:
    """The statement of public ideas, for lists."""
    statement: Any = (
        select(
            Idea.id,
            shown_title(Idea.title).label("title"),
            shown_words(Idea.words).label("words"),
            Idea.lang,
            Idea.theme,
            Quartier.name.label("quartier"),
            Idea.received_on,
            Idea.signed,
            Idea.supports,
            Idea.answered_at,
        )
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .outerjoin(Quartier, Quartier.id == Idea.quartier_id)
        .where(is_public())
    )
    return statement


def card_of(row: Any, box: PublicBox) -> IdeaCard:
    """The card of one of its rows."""
    return IdeaCard(
        row.id,
        row.title,
        row.words,
        row.lang,
        THEME_WORDS[row.theme],
        row.quartier,
        row.received_on,
        row.signed,
        shown_supports(box.supports_shown, row.supports, closed=box.closed),
        row.supports,
        row.answered_at is not None,
    )


def ideas_page(box: PublicBox, filters: IdeaFilters, cursor: Cursor | None) -> Page[IdeaCard]:
    """A page of the public ideas of a box; 1 statement."""
    statement = public_cards().where(Idea.box_id == box.id)
    if filters.theme:
        statement = statement.where(Idea.theme == filters.theme)
    if filters.quartier:
        statement = statement.where(Quartier.slug == filters.quartier)
    for terms in search_words(filters.q) if filters.q else ():
        statement = statement.where(or_(*map(found_in, terms)))
    columns: list[Any] = [-Idea.supports, -Idea.id] if filters.by_support else [-Idea.id]
    here = Cursor(tuple(-part for part in cursor.key), cursor.before) if cursor else None
    rows = [card_of(row, box) for row in rows_of(window(statement, columns, here, PER_PAGE))]

    def key(card: IdeaCard) -> tuple[int, ...]:
        return (card.counted, card.id) if filters.by_support else (card.id,)

    return page_of(rows, cursor, PER_PAGE, key)


def alike_ideas(box: PublicBox, title: str, words: str) -> list[IdeaCard]:
    """Public ideas that look like one that somebody is about to put, the nearest first; 2 statements at most."""
    document = search_document(title, words)
    # By the words of the title: the longest tell most.
    terms = sorted(search_words(title), key=lambda each: -len(each[0].text))
    if not terms:
        return []
    near = or_(*(found_in(QueryTerm(term.text, True)) for several in terms for term in several))
    rows = rows_of(
        select(Idea.id, Idea.search_text)
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .where(Idea.box_id == box.id, is_public(), near)
        .order_by(Idea.id.desc())
        .limit(_MOST_CANDIDATES)
    )
    ids = alike(document, [(row.id, row.search_text) for row in rows])
    if not ids:
        return []
    cards = {row.id: card_of(row, box) for row in rows_of(public_cards().where(Idea.id.in_(ids)))}
    return [cards[each] for each in ids if each in cards]


@dataclass(frozen=True)
class PublicPoint:
    """A point that everybody reads."""

    id: int
    #: Its case with the moderators.
    case_id: int
    words: str
    lang: str | None


@dataclass(frozen=True)
class PublicIdea:
    """One idea, as its page shows it."""

    id: int
    case_id: int
    title: str
    words: str
    lang: str | None
    #: Whether a moderator hid a part of it.
    shortened: bool
    theme: CodedTerm
    quartier: str | None
    quartier_slug: str | None
    place_kind: str | None
    lat: float | None
    lon: float | None
    landmark: str | None
    photo: str | None
    photo_width: int | None
    photo_height: int | None
    received_on: date
    #: How it came; told where it did not come by the site.
    channel: CodedTerm
    #: Whether a relais wrote it for the person.
    relayed: bool
    signed: str | None
    supports: int | None
    answer: Words | None
    answered_by: str | None
    answered_at: datetime | None
    group_id: int | None
    group: Words | None
    #: Whether residents choose among that group and others.
    group_retained: bool


def public_idea(box: PublicBox, idea_id: int, language: str) -> PublicIdea | None:
    """An idea of a box that everybody reads; 1 statement."""
    answer = Localized("answer", Idea.answer_id, language)
    group = Localized("group_title", IdeaGroup.title_id, language)
    statement: Any = (
        select(
            Idea.id,
            Idea.case_id,
            shown_title(Idea.title).label("title"),
            shown_words(Idea.words).label("words"),
            Idea.lang,
            part_hidden().label("shortened"),
            Idea.theme,
            Quartier.name.label("quartier"),
            Quartier.slug.label("quartier_slug"),
            Idea.place_kind,
            Idea.lat,
            Idea.lon,
            Idea.landmark,
            StoredFile.key.label("photo"),
            StoredFile.width.label("photo_width"),
            StoredFile.height.label("photo_height"),
            Idea.received_on,
            Idea.channel,
            Idea.relayed,
            Idea.signed,
            Idea.supports,
            Idea.answered_by,
            Idea.answered_at,
            IdeaPlacing.group_id,
            IdeaGroup.retained.label("group_retained"),
            *answer.columns,
            *group.columns,
        )
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .outerjoin(Quartier, Quartier.id == Idea.quartier_id)
        .outerjoin(StoredFile, and_(StoredFile.id == Idea.photo_id, ~ModeratedText.photo_hidden))
        .outerjoin(IdeaPlacing, and_(IdeaPlacing.idea_id == Idea.id, IdeaPlacing.ended_at.is_(None)))
        .outerjoin(IdeaGroup, IdeaGroup.id == IdeaPlacing.group_id)
        .where(Idea.box_id == box.id, Idea.id == idea_id, is_public())
    )
    row = rows_of(group.join(answer.join(statement, optional=True), optional=True)).one_or_none()
    if row is None:
        return None
    return PublicIdea(
        row.id,
        row.case_id,
        row.title,
        row.words,
        row.lang,
        row.shortened,
        THEME_WORDS[row.theme],
        row.quartier,
        row.quartier_slug,
        row.place_kind,
        row.lat,
        row.lon,
        row.landmark,
        row.photo,
        row.photo_width,
        row.photo_height,
        row.received_on,
        CHANNEL_WORDS[row.channel],
        row.relayed,
        row.signed,
        shown_supports(box.supports_shown, row.supports, closed=box.closed),
        answer.words_or_none(row),
        row.answered_by,
        row.answered_at,
        row.group_id,
        group.words_or_none(row),
        bool(row.group_retained),
    )


def points_of(idea_id: int) -> Mapping[PointSide, Sequence[PublicPoint]]:
    """The public points for and against an idea, the newest first; 1 statement."""
    newest = func.row_number().over(partition_by=IdeaPoint.side, order_by=IdeaPoint.id.desc()).label("newest")
    told = (
        select(
            IdeaPoint.id,
            IdeaPoint.case_id,
            IdeaPoint.side,
            shown_words(IdeaPoint.words).label("words"),
            IdeaPoint.lang,
            newest,
        )
        .join(ModeratedText, ModeratedText.id == IdeaPoint.case_id)
        .where(IdeaPoint.idea_id == idea_id, is_public())
        .subquery()
        .c
    )
    rows = rows_of(
        select(told.id, told.case_id, told.side, told.words, told.lang)
        .where(told.newest <= MOST_POINTS)
        .order_by(told.id.desc())
    ).all()
    return {
        side: [
            PublicPoint(row.id, row.case_id, row.words, row.lang) for row in rows if row.side == side.value
        ]
        for side in PointSide
    }


def photo_of(box: PublicBox, idea_id: int) -> StoredFile | None:
    """The photo of an idea that everybody reads; 1 statement."""
    return db.session.execute(
        select(StoredFile)
        .join(Idea, Idea.photo_id == StoredFile.id)
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .where(Idea.box_id == box.id, Idea.id == idea_id, is_public(), ~ModeratedText.photo_hidden)
    ).scalar()
