"""What was said of things that are commented: what is published, and a comment as whoever wrote it finds it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select

from cdv_civic.consultations.kinds.comments.models import Comment
from cdv_civic.consultations.models import Consultation
from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.paging import Cursor, Page, page_of, window
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.queries.public import is_public
from cdv_civic.moderation.rules.decisions import TextState
from cdv_civic.participation.receipts import receipt_hash

PER_PAGE: Final = 30
#: Comments on each thing that results show; the page of the thing has all.
FIRST: Final = 3


@dataclass(frozen=True)
class ShownComment:
    """A published comment."""

    id: int
    case_id: int
    thing_id: int
    words: str
    lang: str
    received_on: date
    #: Whether moderation hid a part.
    shortened: bool


def _comments(*more: Any) -> Any:
    """The statement of published comments. `more`: columns besides."""
    return (
        select(
            Comment.id,
            Comment.case_id,
            Comment.thing_id,
            Comment.words,
            Comment.lang,
            Comment.received_at,
            ModeratedText.shown_words,
            *more,
        )
        .join(ModeratedText, ModeratedText.id == Comment.case_id)
        .where(is_public())
    )


def _comment(row: Any) -> ShownComment:
    return ShownComment(
        row.id,
        row.case_id,
        row.thing_id,
        row.words if row.shown_words is None else row.shown_words,
        row.lang,
        row.received_at.astimezone(clock.zone()).date(),
        row.shown_words is not None,
    )


def comments_on(thing_id: int, consultation_id: int, cursor: Cursor | None) -> Page[ShownComment]:
    """Published comments on one thing, the newest first, 30 at a time; 1 statement. A `cursor` has one part.

    The consultation begins the index in which they stand in that order.
    """
    statement = _comments().where(Comment.consultation_id == consultation_id, Comment.thing_id == thing_id)
    found = [_comment(row) for row in rows_of(window(statement, (Comment.id.desc(),), cursor, PER_PAGE))]
    return page_of(found, cursor, PER_PAGE, lambda each: (each.id,))


def first_comments(thing_ids: Sequence[int], most: int = FIRST) -> dict[int, list[ShownComment]]:
    """The newest published comments on each of some things; 1 statement."""
    if not thing_ids:
        return {}
    place = func.row_number().over(partition_by=Comment.thing_id, order_by=Comment.id.desc()).label("place")
    cut = _comments(place).where(Comment.thing_id.in_(thing_ids)).subquery()
    found: dict[int, list[ShownComment]] = {}
    for row in rows_of(select(cut).where(cut.c.place <= most).order_by(cut.c.thing_id, cut.c.place)):
        found.setdefault(row.thing_id, []).append(_comment(row))
    return found


def all_comments(thing_ids: Sequence[int]) -> dict[int, list[ShownComment]]:
    """All published comments on some things, as they came in, for open data; 1 statement."""
    found: dict[int, list[ShownComment]] = {}
    if thing_ids:
        statement = _comments().where(Comment.thing_id.in_(thing_ids)).order_by(Comment.id)
        for row in rows_of(statement):
            found.setdefault(row.thing_id, []).append(_comment(row))
    return found


@dataclass(frozen=True)
class OwnComment:
    """A comment as whoever wrote it finds it again."""

    id: int
    case_id: int
    words: str
    lang: str
    #: Of its case.
    state: TextState
    due_at: datetime
    minor: bool
    slug: str
    title: Words
    thing_id: int
    version: int

    @property
    def public(self) -> bool:
        """Whether others read it."""
        return self.state is TextState.PUBLISHED


def comment_by_receipt(code: str, language: str) -> OwnComment | None:
    """A comment by its receipt, as `read_receipt` gives it; None: it is none of a comment. 1 statement."""
    title = Localized("title", Consultation.title_id, language)
    statement: Any = (
        select(
            Comment.id,
            Comment.case_id,
            Comment.words,
            Comment.lang,
            Comment.minor,
            Comment.thing_id,
            Comment.version,
            ModeratedText.state,
            ModeratedText.due_at,
            Consultation.slug,
            *title.columns,
        )
        .join(ModeratedText, ModeratedText.id == Comment.case_id)
        .join(Consultation, Consultation.id == Comment.consultation_id)
        .where(Comment.receipt_hash == receipt_hash(code))
    )
    row = rows_of(title.join(statement)).first()
    if row is None:
        return None
    return OwnComment(
        row.id,
        row.case_id,
        row.words,
        row.lang,
        TextState(row.state),
        row.due_at,
        row.minor,
        row.slug,
        title.words(row),
        row.thing_id,
        row.version,
    )
