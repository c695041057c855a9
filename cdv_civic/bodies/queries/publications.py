"""What bodies made known. Every function says what it costs."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from cdv_civic.bodies.models import BodyPublication, Decision, Meeting, PublicationFile
from cdv_civic.bodies.wording import PUBLICATION_KINDS
from cdv_civic.core.db import db
from cdv_civic.core.localized import Localized, LocalizedText, Words
from cdv_civic.core.paging import Cursor, Key, Page, page_of
from cdv_civic.core.published_before import Published
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.territory.models import Body, Contract
from cdv_civic.territory.vocabulary import RESIDENTS_BODY_KINDS, CodedTerm

#: Papers on the page of a body; the others are a link away.
NEWEST: Final = 3
PER_PAGE: Final = 20
KEY_PARTS: Final = 2
#: Of `published_by`: more than a body publishes within an hour.
_NEWEST: Final = 20


@dataclass(frozen=True)
class DecisionLine:
    """One thing that was decided."""

    sentence: Words
    who: str | None
    by_day: date | None


@dataclass(frozen=True)
class FileLine:
    """A photo or a document of a publication."""

    id: int
    file_id: int
    kind: str  #: "photo" or "document"
    caption: Words  #: the name of the document, or what the photo shows
    size: int  #: bytes


@dataclass(frozen=True)
class Publication:
    """One publication."""

    id: int
    body_id: int
    kind: CodedTerm
    #: Its own title, or that of its meeting.
    title: Words
    summary: Words
    said_on: date
    meeting_id: int | None
    meeting_day: date | None
    withdrawn: bool
    withdrawn_reason: Words | None
    version: int
    body_slug: str
    body_name: str
    contract: str
    contract_title: str
    decisions: tuple[DecisionLine, ...] = ()
    files: tuple[FileLine, ...] = ()


_Texts = tuple[Localized, Localized, Localized]


def _statement(language: str, *conditions: Any) -> tuple[_Texts, Select[Any]]:
    texts = (
        Localized("title", func.coalesce(BodyPublication.title_id, Meeting.title_id), language),
        Localized("summary", BodyPublication.summary_id, language),
        Localized("reason", BodyPublication.withdrawn_reason_id, language),
    )
    statement = (
        select(
            BodyPublication,
            Body.slug.label("body_slug"),
            Body.name.label("body_name"),
            Contract.slug.label("contract"),
            Contract.short_title.label("contract_title"),
            *(column for text in texts for column in text.columns),
        )
        .join(Body, Body.id == BodyPublication.body_id)
        .join(Contract, Contract.id == Body.contract_id)
        .outerjoin(Meeting, Meeting.id == BodyPublication.meeting_id)
        .where(Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)), *conditions)
        .execution_options(populate_existing=True)
    )
    for number, text in enumerate(texts):
        statement = text.join(statement, optional=number == 2)
    return texts, statement


def _rows(texts: _Texts, statement: Select[Any]) -> list[Publication]:
    title, summary, reason = texts
    return [
        Publication(
            row.BodyPublication.id,
            row.BodyPublication.body_id,
            PUBLICATION_KINDS[row.BodyPublication.kind],
            title.words(row),
            summary.words(row),
            row.BodyPublication.said_on,
            row.BodyPublication.meeting_id,
            row.BodyPublication.meeting_day,
            row.BodyPublication.withdrawn_at is not None,
            reason.words_or_none(row),
            row.BodyPublication.version,
            row.body_slug,
            row.body_name,
            row.contract,
            row.contract_title,
        )
        for row in db.session.execute(statement)
    ]


def _with_details(found: Sequence[Publication], language: str) -> list[Publication]:
    """The same with their decisions and files, none of those that are withdrawn; 2 statements."""
    ids = [each.id for each in found if not each.withdrawn]
    decisions: dict[int, list[DecisionLine]] = defaultdict(list)
    files: dict[int, list[FileLine]] = defaultdict(list)
    if ids:
        sentence = Localized("sentence", Decision.sentence_id, language)
        told = sentence.join(
            select(Decision.publication_id, Decision.who, Decision.by_day, *sentence.columns)
            .where(Decision.publication_id.in_(ids))
            .order_by(Decision.publication_id, Decision.position)
        )
        for row in db.session.execute(told):
            decisions[row.publication_id].append(DecisionLine(sentence.words(row), row.who, row.by_day))
        caption = Localized("caption", PublicationFile.caption_id, language)
        shown = caption.join(
            select(
                PublicationFile.id,
                PublicationFile.publication_id,
                PublicationFile.file_id,
                StoredFile.kind,
                StoredFile.size,
                *caption.columns,
            )
            .join(StoredFile, StoredFile.id == PublicationFile.file_id)
            .where(PublicationFile.publication_id.in_(ids), PublicationFile.hidden_at.is_(None))
            .order_by(PublicationFile.publication_id, PublicationFile.position)
        )
        for row in db.session.execute(shown):
            kind = "photo" if row.kind == "photo" else "document"
            files[row.publication_id].append(
                FileLine(row.id, row.file_id, kind, caption.words(row), row.size)
            )
    return [
        Publication(
            **{
                **each.__dict__,
                "decisions": tuple(decisions.get(each.id, ())),
                "files": tuple(files.get(each.id, ())),
            }
        )
        for each in found
    ]


def key_of(publication: Publication) -> Key:
    """What the lists are ordered by, the newest first."""
    return (publication.said_on.toordinal(), publication.id)


def _listed(
    body_id: int, language: str, place: Cursor | None, size: int, *conditions: Any
) -> list[Publication]:
    texts, statement = _statement(language, BodyPublication.body_id == body_id, *conditions)
    day, number = BodyPublication.said_on, BodyPublication.id
    backwards = place is not None and place.before
    if place is not None:
        ordinal, last = place.key
        if not 1 <= ordinal <= date.max.toordinal():
            return []
        at = date.fromordinal(ordinal)
        statement = statement.where(
            or_(day > at, and_(day == at, number > last))
            if backwards
            else or_(day < at, and_(day == at, number < last))
        )
    order = (day.asc(), number.asc()) if backwards else (day.desc(), number.desc())
    return _rows(texts, statement.order_by(*order).limit(size + 1))


def newest_of_body(body_id: int, language: str) -> tuple[list[Publication], bool]:
    """The newest publications of a body that stand, without their details, and whether there are more; 1 statement."""
    found = _listed(body_id, language, None, NEWEST, BodyPublication.withdrawn_at.is_(None))
    return found[:NEWEST], len(found) > NEWEST


def publications_of_body(
    body_id: int, language: str, place: Cursor | None = None, size: int = PER_PAGE
) -> Page[Publication]:
    """One page of the publications of a body, the newest first; 3 statements."""
    page = page_of(_listed(body_id, language, place, size), place, size, key_of)
    return Page(tuple(_with_details(page.rows, language)), page.previous_key, page.next_key)


def publications_of_meeting(meeting_id: int, language: str) -> list[Publication]:
    """The publications of a meeting, those of its latest dates first; 3 statements."""
    texts, statement = _statement(language, BodyPublication.meeting_id == meeting_id)
    order = (BodyPublication.said_on.desc(), BodyPublication.id.desc())
    return _with_details(_rows(texts, statement.order_by(*order)), language)


def publication_of_body(contract: str, slug: str, publication_id: int, language: str) -> Publication | None:
    """One publication of a body; 3 statements."""
    texts, statement = _statement(
        language, BodyPublication.id == publication_id, Body.slug == slug, Contract.slug == contract
    )
    found = _with_details(_rows(texts, statement), language)
    return found[0] if found else None


def standing(ids: Sequence[int], language: str) -> list[Publication]:
    """Those of some publications that were not withdrawn, without their details; 1 statement."""
    texts, statement = _statement(
        language, BodyPublication.id.in_(ids), BodyPublication.withdrawn_at.is_(None)
    )
    return _rows(texts, statement)


def shown_file(file_id: int) -> StoredFile | None:
    """The file, if it belongs to a publication that is shown, is not withdrawn and not hidden; 1 statement."""
    return db.session.execute(
        select(StoredFile)
        .join(PublicationFile, PublicationFile.file_id == StoredFile.id)
        .join(BodyPublication, BodyPublication.id == PublicationFile.publication_id)
        .join(Body, Body.id == BodyPublication.body_id)
        .where(
            StoredFile.id == file_id,
            Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)),
            PublicationFile.hidden_at.is_(None),
            BodyPublication.withdrawn_at.is_(None),
        )
    ).scalar_one_or_none()


def published_by(session: Session, body_id: int, name: str) -> list[Published]:
    """The newest of what a body of this name made known, for whoever is about to publish more. 1 statement."""
    title, summary = aliased(LocalizedText), aliased(LocalizedText)
    rows = session.execute(
        select(BodyPublication.id, title.original, summary.original, BodyPublication.published_at)
        .outerjoin(title, title.id == BodyPublication.title_id)
        .join(summary, summary.id == BodyPublication.summary_id)
        .where(BodyPublication.body_id == body_id, BodyPublication.withdrawn_at.is_(None))
        .order_by(BodyPublication.id.desc())
        .limit(_NEWEST)
    )
    return [
        Published(number, " ".join(filter(None, (titled, said))), name, at)
        for number, titled, said, at in rows
    ]
