"""What the desk reads of consultations: the list within reach, one of them, and who may ask."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from cdv_civic.consultations.kinds.comments.models import Comment
from cdv_civic.consultations.models import (
    Consultation,
    ConsultationAnswer,
    ConsultationCross,
)
from cdv_civic.consultations.organiser_models import (
    ConsultationCorrection,
    ConsultationPublic,
    CorrectionState,
)
from cdv_civic.consultations.paper.models import ConsultationSheetBatch, ConsultationSheetEntry
from cdv_civic.consultations.queries.ideas import ideas_came
from cdv_civic.consultations.queries.moments import MOMENTS, calendar_in
from cdv_civic.consultations.rules.calendar import ConsultationCalendar
from cdv_civic.consultations.scopes import consultations_within
from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import Localized, LocalizedText, Words, texts_in_all
from cdv_civic.core.paging import LARGEST, Cursor, Page, page_of, window
from cdv_civic.core.policy.model import Reach
from cdv_civic.core.text_folding import fold
from cdv_civic.territory.models import (
    Body,
    Commune,
    Contract,
)

PER_PAGE: Final = 50
#: Earlier consultations of a contract that one can be a wave of.
MOST_WAVES: Final = 200


class View(StrEnum):
    """What a list can be narrowed to."""

    ALL = ""
    DRAFTS = "preparation"
    OPEN = "ouvertes"
    #: Closed, and residents have no answer yet.
    DUE = "reponse"
    #: A correction waits for a second person.
    CORRECTED = "corrections"


@dataclass(frozen=True)
class DeskLine:
    """A consultation in the list."""

    id: int
    slug: str
    title: Words
    organiser: str
    calendar: ConsultationCalendar


@dataclass(frozen=True)
class DeskConsultation:
    """A consultation as its page at the desk shows it."""

    id: int
    slug: str
    title: Words
    contract_id: int
    contract: str
    contract_title: str
    body_id: int | None
    body: str | None
    commune_id: int | None
    commune: str | None
    calendar: ConsultationCalendar
    version: int

    @property
    def organiser(self) -> str:
        """Who asks, by name."""
        return self.body or self.commune or self.contract_title


def desk_list(
    reach: Reach,
    language: str,
    *,
    now: datetime,
    body_id: int | None = None,
    view: View = View.ALL,
    typed: str = "",
    cursor: Cursor | None = None,
) -> Page[DeskLine]:
    """Consultations within reach, the newest first, 50 at a time; 1 statement. A `cursor` has one part."""
    title = Localized("title", Consultation.title_id, language)
    statement: Any = (
        select(
            Consultation.id,
            Consultation.slug,
            *MOMENTS,
            *title.columns,
            func.coalesce(Body.name, Commune.name, Contract.short_title).label("organiser"),
        )
        .join(Contract, Contract.id == Consultation.contract_id)
        .outerjoin(Body, Body.id == Consultation.body_id)
        .outerjoin(Commune, Commune.id == Consultation.commune_id)
        .where(consultations_within(reach), _viewed(view, now), _named(typed))
    )
    if body_id is not None:
        statement = statement.where(Consultation.body_id == body_id)
    newest_first = (LARGEST - Consultation.id,)
    rows = rows_of(window(title.join(statement), newest_first, cursor, PER_PAGE)).all()
    found = [DeskLine(row.id, row.slug, title.words(row), row.organiser, calendar_in(row)) for row in rows]
    return page_of(found, cursor, PER_PAGE, lambda line: (LARGEST - line.id,))


def _viewed(view: View, now: datetime) -> ColumnElement[bool]:
    public = and_(Consultation.published_at.is_not(None), Consultation.withdrawn_at.is_(None))
    if view is View.DRAFTS:
        return Consultation.published_at.is_(None)
    if view is View.OPEN:
        return and_(public, Consultation.opens_at <= now, Consultation.closes_at > now)
    if view is View.DUE:
        return and_(public, Consultation.closes_at <= now, Consultation.answered_at.is_(None))
    if view is View.CORRECTED:
        waiting = select(ConsultationCorrection.id).where(
            ConsultationCorrection.consultation_id == Consultation.id,
            ConsultationCorrection.state == CorrectionState.PROPOSED.value,
        )
        return waiting.exists()
    return true()


def _named(typed: str) -> ColumnElement[bool]:
    """The condition that the title holds what was typed: as it is written, or without accents (its address)."""
    if not typed:
        return true()
    words = fold(typed)
    in_slug = [Consultation.slug.contains(word, autoescape=True) for word in words.split() if word.isalnum()]
    original = (
        select(LocalizedText.id)
        .where(
            LocalizedText.id == Consultation.title_id,
            func.lower(LocalizedText.original).contains(typed.lower(), autoescape=True),
        )
        .exists()
    )
    return or_(original, and_(*in_slug)) if in_slug else original


def desk_consultation(slug: str, language: str) -> DeskConsultation | None:
    """One by its name; 1 statement."""
    title = Localized("title", Consultation.title_id, language)
    statement: Any = (
        select(
            Consultation.id,
            Consultation.slug,
            Consultation.contract_id,
            Contract.slug.label("contract"),
            Contract.short_title,
            Consultation.body_id,
            Body.name.label("body"),
            Consultation.commune_id,
            Commune.name.label("commune"),
            Consultation.version,
            *MOMENTS,
            *title.columns,
        )
        .join(Contract, Contract.id == Consultation.contract_id)
        .outerjoin(Body, Body.id == Consultation.body_id)
        .outerjoin(Commune, Commune.id == Consultation.commune_id)
        .where(Consultation.slug == slug)
    )
    row = rows_of(title.join(statement)).one_or_none()
    if row is None:
        return None
    return DeskConsultation(
        row.id,
        row.slug,
        title.words(row),
        row.contract_id,
        row.contract,
        row.short_title,
        row.body_id,
        row.body,
        row.commune_id,
        row.commune,
        calendar_in(row),
        row.version,
    )


def whole_row(consultation_id: int) -> Consultation:
    """The row of a consultation that is there; 1 statement."""
    statement = select(Consultation).where(Consultation.id == consultation_id)
    return db.session.execute(statement, execution_options={"populate_existing": True}).scalar_one()


def how_many_answers(consultation_id: int) -> int:
    """How many answers came in, for the organiser alone; 1 statement."""
    statement = select(func.count()).where(ConsultationAnswer.consultation_id == consultation_id)
    return int(rows_of(statement).scalar_one())


def is_answered(consultation_id: int) -> bool:
    """Whether anybody has answered; 1 statement."""
    return bool(rows_of(select(answered(consultation_id))).scalar())


def answered(consultation_id: int) -> ColumnElement[bool]:
    """The condition that an answer came: also on a sheet that waits for a second person to type it, as a comment or an
    idea."""
    answer, entry = ConsultationAnswer, ConsultationSheetEntry
    return or_(
        select(Comment.id).where(Comment.consultation_id == consultation_id).exists(),
        select(answer.id).where(answer.consultation_id == consultation_id).exists(),
        select(entry.id).where(entry.consultation_id == consultation_id).exists(),
        ideas_came(consultation_id),
    )


def is_printed(consultation_id: int) -> bool:
    """Whether sheets of paper with a number ask what a consultation asks; 1 statement."""
    return bool(rows_of(select(printed(consultation_id))).scalar())


def printed(consultation_id: int) -> ColumnElement[bool]:
    """The condition that sheets were printed."""
    batch = ConsultationSheetBatch
    return select(batch.id).where(batch.consultation_id == consultation_id).exists()


@dataclass(frozen=True)
class DeskPublic:
    """People to reach, with their name in all languages."""

    id: int
    name: dict[str, str]
    channel: str


def publics_of(consultation_id: int) -> list[DeskPublic]:
    """Whom the organiser wants to reach; 3 statements."""
    table = ConsultationPublic
    rows = rows_of(
        select(table.id, table.name_id, table.channel)
        .where(table.consultation_id == consultation_id)
        .order_by(table.position, table.id)
    ).all()
    names = texts_in_all(*(row.name_id for row in rows))
    return [DeskPublic(row.id, name, row.channel) for row, name in zip(rows, names, strict=True)]


def crosses_of(consultation_id: int) -> list[tuple[int, int]]:
    """The pairs of questions that are published together; 1 statement."""
    table = ConsultationCross
    rows = rows_of(
        select(table.row_question_id, table.column_question_id)
        .where(table.consultation_id == consultation_id)
        .order_by(table.row_question_id)
    )
    return [(row[0], row[1]) for row in rows]


def waves_before(found: DeskConsultation, language: str) -> list[tuple[int, Words]]:
    """Earlier public consultations of the contract, the newest first; 1 statement."""
    title = Localized("title", Consultation.title_id, language)
    statement = (
        select(Consultation.id, *title.columns)
        .where(
            Consultation.contract_id == found.contract_id,
            Consultation.id < found.id,
            Consultation.published_at.is_not(None),
            Consultation.withdrawn_at.is_(None),
        )
        .order_by(Consultation.id.desc())
        .limit(MOST_WAVES)
    )
    return [(row.id, title.words(row)) for row in rows_of(title.join(statement))]
