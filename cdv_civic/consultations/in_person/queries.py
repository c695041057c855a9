"""What pages read of answers given in person. Every function says what it costs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select

from cdv_civic.consultations.in_person.models import ConsultationWorkshop, ConsultationWorkshopTable
from cdv_civic.consultations.in_person.operations.entering import STREET
from cdv_civic.consultations.models import Consultation, ConsultationAnswer
from cdv_civic.consultations.queries.given import given_by
from cdv_civic.consultations.queries.moments import MOMENTS, calendar_in
from cdv_civic.consultations.queries.quartiers import quartiers_asked
from cdv_civic.consultations.rules.calendar import ConsultationCalendar
from cdv_civic.consultations.rules.questions import Answers, Speaker
from cdv_civic.consultations.scopes import touched_by_answers_to
from cdv_civic.core import clock
from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.paging import LARGEST, Cursor, Page, page_of, window
from cdv_civic.core.policy.decisions import may
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.participation.rules.channels import Channel
from cdv_civic.territory.models import Contract, Quartier

#: Open consultations of the whole site among which those of a relais are looked for.
MOST_OFFERED: Final = 100
PER_PAGE: Final = 20


@dataclass(frozen=True)
class EnteredConsultation:
    """A published consultation, for whoever types answers in."""

    id: int
    slug: str
    contract: str
    title: Words
    calendar: ConsultationCalendar
    quartiers: tuple[tuple[int, str], ...]


def entered_consultation(slug: str, language: str) -> EnteredConsultation | None:
    """A published consultation by its slug; None: there is none. 2 statements."""
    title = Localized("title", Consultation.title_id, language)
    row = rows_of(
        title.join(
            select(
                Consultation.id,
                Consultation.slug,
                Contract.slug.label("contract"),
                *MOMENTS,
                *title.columns,
            )
            .join(Contract, Contract.id == Consultation.contract_id)
            .where(Consultation.slug == slug, Consultation.published_at.is_not(None))
        )
    ).first()
    if row is None:
        return None
    return EnteredConsultation(
        row.id,
        row.slug,
        row.contract,
        title.words(row),
        calendar_in(row),
        quartiers_asked(row.id),
    )


@dataclass(frozen=True)
class OfferedConsultation:
    """A consultation that somebody may enter answers to now."""

    slug: str
    title: Words
    #: When the last answer is taken.
    ends_at: datetime


def offered_to(actor: Actor, language: str) -> list[OfferedConsultation]:
    """The consultations that are open now and within the actor's reach; 4 statements."""
    now = clock.now()
    title = Localized("title", Consultation.title_id, language)
    rows = db.session.execute(
        title.join(
            select(Consultation, *title.columns)
            .where(
                Consultation.published_at.is_not(None),
                Consultation.withdrawn_at.is_(None),
                Consultation.frozen_at.is_(None),
                Consultation.opens_at <= now,
                func.coalesce(Consultation.paper_until, Consultation.closes_at) > now,
            )
            .order_by(Consultation.closes_at, Consultation.id)
            .limit(MOST_OFFERED)
        )
    ).all()
    touched = touched_by_answers_to(db.session(), [row.Consultation for row in rows])
    return [
        OfferedConsultation(
            row.Consultation.slug,
            title.words(row),
            row.Consultation.paper_until or row.Consultation.closes_at,
        )
        for row in rows
        if may(actor, "consultation.enter", touched[row.Consultation.id])
    ]


@dataclass(frozen=True)
class WorkshopLine:
    """A workshop in the list of a consultation."""

    id: int
    held_on: date
    place: str
    present: int
    tables: int
    seated: int
    #: The account that noted it.
    entered_by: int | None
    version: int


def workshops_of(consultation_id: int) -> list[WorkshopLine]:
    """The workshops of a consultation, the newest first; 1 statement."""
    workshop, table, answer = ConsultationWorkshop, ConsultationWorkshopTable, ConsultationAnswer
    rows = rows_of(
        select(
            workshop.id,
            workshop.held_on,
            workshop.place,
            workshop.present,
            func.count(table.answer_id).label("tables"),
            func.coalesce(func.sum(answer.people), 0).label("seated"),
            workshop.entered_by,
            workshop.version,
        )
        .outerjoin(table, table.workshop_id == workshop.id)
        .outerjoin(answer, answer.id == table.answer_id)
        .where(workshop.consultation_id == consultation_id)
        .group_by(workshop.id)
        .order_by(workshop.held_on.desc(), workshop.id.desc())
    )
    return [WorkshopLine(*row) for row in rows]


@dataclass(frozen=True)
class TableLine:
    """A table of a workshop that was entered."""

    number: int
    people: int
    has_sheet: bool
    #: The account that typed it in.
    entered_by: int | None


def tables_of(workshop_id: int) -> list[TableLine]:
    """The tables of a workshop, by number; 1 statement."""
    rows = rows_of(
        select(
            ConsultationWorkshopTable.number,
            ConsultationAnswer.people,
            ConsultationWorkshopTable.sheet_id.is_not(None),
            ConsultationAnswer.entered_by,
        )
        .join(ConsultationAnswer, ConsultationAnswer.id == ConsultationWorkshopTable.answer_id)
        .where(ConsultationWorkshopTable.workshop_id == workshop_id)
        .order_by(ConsultationWorkshopTable.number)
    )
    return [TableLine(*row) for row in rows]


def sheet_of_table(consultation_id: int, workshop_id: int, number: int) -> StoredFile | None:
    """The sheet of a table, photographed, or None; 1 statement."""
    table, workshop = ConsultationWorkshopTable, ConsultationWorkshop
    return db.session.execute(
        select(StoredFile)
        .join(table, table.sheet_id == StoredFile.id)
        .join(workshop, workshop.id == table.workshop_id)
        .where(
            workshop.consultation_id == consultation_id, workshop.id == workshop_id, table.number == number
        )
    ).scalar()


@dataclass(frozen=True)
class HeardLine:
    """What a group said, or what was written for somebody, in a list: nothing of what it says."""

    id: int
    received_on: date
    channel: Channel
    #: How many a group was; None: one person.
    people: int | None
    quartier: str | None
    entered_by: int | None


def _lines() -> Any:
    answer = ConsultationAnswer
    return select(
        answer.id, answer.received_on, answer.channel, answer.people, Quartier.name, answer.entered_by
    ).outerjoin(Quartier, Quartier.id == answer.quartier_id)


def _read(rows: Iterable[Any]) -> list[HeardLine]:
    return [HeardLine(row.id, row.received_on, Channel(row.channel), *row[3:]) for row in rows]


def groups_of(consultation_id: int) -> list[HeardLine]:
    """The groups that answered, those who spoke last first; 1 statement."""
    answer = ConsultationAnswer
    statement = _lines().where(
        answer.consultation_id == consultation_id, answer.speaker == Speaker.GROUP.value
    )
    return _read(rows_of(statement.order_by(answer.received_on.desc(), answer.id.desc())))


def street_answers_of(
    consultation_id: int, entered_by: int | None = None, cursor: Cursor | None = None
) -> Page[HeardLine]:
    """A page of the answers that were written for somebody and can still be corrected, the last ones first; by
    `entered_by`, those that one account wrote. 1 statement.

    Those that their person changed, or joined to an account, are theirs alone.
    """
    answer = ConsultationAnswer
    statement = _lines().where(
        answer.consultation_id == consultation_id,
        # As an index has it: an answer of the site is none of them.
        answer.speaker == Speaker.PERSON.value,
        answer.channel.in_([each.value for each in STREET]),
        answer.relayed,
        answer.account_id.is_(None),
        answer.entered_by.is_not(None) if entered_by is None else answer.entered_by == entered_by,
    )
    newest_first = (LARGEST - answer.id,)
    found = _read(rows_of(window(statement, newest_first, cursor, PER_PAGE)))
    return page_of(found, cursor, PER_PAGE, lambda line: (LARGEST - line.id,))


@dataclass(frozen=True)
class HeardAgain:
    """What a group said, or what was written for somebody, as it is corrected."""

    row: ConsultationAnswer
    answers: Answers
    #: Of the words; empty: there are none.
    lang: str


def heard_answer(consultation_id: int, answer_id: int) -> HeardAgain | None:
    """What was entered of a group or of somebody in the street, or None; 4 statements."""
    answer = ConsultationAnswer
    row = db.session.execute(
        select(answer).where(
            answer.id == answer_id,
            answer.consultation_id == consultation_id,
            (answer.speaker == Speaker.GROUP.value) | answer.relayed,
        )
    ).scalar()
    if row is None:
        return None
    given, lang = given_by([row.id])
    return HeardAgain(row, given.get(row.id, {}), lang.get(row.id, ""))


@dataclass(frozen=True)
class EnteredInPerson:
    """How much was entered in person, for those who enter it."""

    groups: int
    people_in_groups: int
    in_the_street: int


def entered_in_person(consultation_id: int) -> EnteredInPerson:
    """The answers that groups gave, and those that were written for somebody who agreed; 1 statement."""
    answer = ConsultationAnswer
    row = rows_of(
        select(
            func.count(answer.id).filter(answer.speaker == Speaker.GROUP.value),
            func.coalesce(func.sum(answer.people).filter(answer.speaker == Speaker.GROUP.value), 0),
            func.count(answer.id).filter(answer.relayed),
        ).where(answer.consultation_id == consultation_id)
    ).one()
    return EnteredInPerson(*row)
