"""What bodies hold, and on which days. Every function says what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import BindParameter, Integer, bindparam, exists, select

from cdv_civic.bodies import rules
from cdv_civic.bodies.models import Meeting
from cdv_civic.bodies.rules import Recurrence, Slot
from cdv_civic.bodies.wording import AHEAD, MEETING_KINDS
from cdv_civic.core.db import db
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.vocabulary import RESIDENTS_BODY_KINDS, Word
from cdv_civic.territory.models import Body, Contract, Quartier, body_commune, body_quartier, quartier_commune

#: Dates of one meeting that recurs, on a page: more would hide the others.
MOST_OF_ONE: Final = 3
MOST_COMING: Final = 8
MOST_PAST: Final = 6


def zone() -> ZoneInfo:
    """Where the territory lives."""
    return ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])


@dataclass(frozen=True, kw_only=True)
class MeetingFacts:
    """What a meeting or a permanence is in all languages, whatever its number of days."""

    id: int
    own: tuple[Slot, ...]  #: of its first day
    place: str | None
    recurrence: Recurrence | None
    childcare: bool
    step_free: bool
    interpreter: bool
    spoken: tuple[str, ...]
    cancelled_at: datetime | None
    sequence: int

    def first_day(self) -> date:
        """Its first day, where the territory lives."""
        return self.own[0].start.astimezone(zone()).date()


def facts_in(meeting: Meeting) -> dict[str, Any]:
    """The fields of `MeetingFacts`, from a row."""
    return {
        "id": meeting.id,
        "own": own_slots(meeting),
        "place": meeting.place,
        "recurrence": Recurrence.from_data(meeting.recurrence) if meeting.recurrence else None,
        "childcare": meeting.childcare,
        "step_free": meeting.step_free,
        "interpreter": meeting.interpreter,
        "spoken": tuple(meeting.spoken),
        "cancelled_at": meeting.cancelled_at,
        "sequence": meeting.sequence,
    }


@dataclass(frozen=True, kw_only=True)
class Event(MeetingFacts):
    """A meeting or a permanence in the reader's language."""

    uid: str
    kind: Word
    title: Words
    sentence: Words | None
    cancelled_reason: Words | None
    changed_at: datetime
    body_slug: str
    body_name: str
    contract: str


@dataclass(frozen=True)
class Hours:
    """From when to when, on the wall clock."""

    start: time
    end: time | None


@dataclass(frozen=True)
class Occurrence:
    """One day of an event."""

    event: Event
    day: date
    hours: tuple[Hours, ...]


_Events = tuple[Localized, Localized, Localized, Any]


def _events_statement(language: str, *conditions: Any) -> _Events:
    """Events of bodies where residents are heard, with their three texts."""
    title = Localized("title", Meeting.title_id, language)
    sentence = Localized("sentence", Meeting.sentence_id, language)
    reason = Localized("reason", Meeting.cancelled_reason_id, language)
    statement = (
        select(
            Meeting,
            Body.slug.label("body_slug"),
            Body.name.label("body_name"),
            Contract.slug.label("contract"),
            *title.columns,
            *sentence.columns,
            *reason.columns,
        )
        .join(Body, Body.id == Meeting.body_id)
        .join(Contract, Contract.id == Body.contract_id)
        .where(Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)), *conditions)
        .order_by(Meeting.starts_at, Meeting.id)
        .execution_options(populate_existing=True)
    )
    statement = reason.join(sentence.join(title.join(statement), optional=True), optional=True)
    return title, sentence, reason, statement


def _events(events: _Events, **values: Any) -> list[Event]:
    """What such a statement finds; 1 statement."""
    title, sentence, reason, statement = events
    return [
        _event(row, title.words(row), sentence.words_or_none(row), reason.words_or_none(row))
        for row in db.session.execute(statement, values)
    ]


def own_slots(meeting: Meeting) -> tuple[Slot, ...]:
    """The slots of a meeting's first day."""
    first = Slot(meeting.starts_at, meeting.ends_at)
    if meeting.second_starts_at is None:
        return (first,)
    return (first, Slot(meeting.second_starts_at, meeting.second_ends_at))


def _event(row: Any, title: Words, sentence: Words | None, reason: Words | None) -> Event:
    meeting: Meeting = row.Meeting
    return Event(
        **facts_in(meeting),
        uid=meeting.uid,
        kind=MEETING_KINDS[meeting.kind],
        title=title,
        sentence=sentence,
        cancelled_reason=reason,
        changed_at=meeting.changed_at,
        body_slug=row.body_slug,
        body_name=row.body_name,
        contract=row.contract,
    )


def events_of_body(body_id: int, language: str) -> list[Event]:
    """All events of a body, the earliest first; 1 statement."""
    return _events(_events_statement(language, Meeting.body_id == body_id))


def event_of_body(contract: str, slug: str, meeting_id: int, language: str) -> Event | None:
    """One event of a body; 1 statement."""
    found = _events(
        _events_statement(language, Meeting.id == meeting_id, Body.slug == slug, Contract.slug == contract)
    )
    return found[0] if found else None


@lru_cache(maxsize=16)
def _of_quartier(language: str) -> _Events:
    """Made once for each language: every page of a quartier asks it."""
    here: BindParameter[int] = bindparam("quartier", type_=Integer)
    own = select(body_quartier.c.body_id).where(body_quartier.c.quartier_id == here)
    town = (
        select(body_commune.c.body_id)
        .join(quartier_commune, quartier_commune.c.commune_id == body_commune.c.commune_id)
        .where(
            quartier_commune.c.quartier_id == here,
            ~exists().where(body_quartier.c.body_id == body_commune.c.body_id),
        )
    )
    return _events_statement(
        language,
        Meeting.body_id.in_(own.union_all(town)),  # few: the search starts from them
        Body.retired_at.is_(None),
        # "+ 0" keeps the index of the contract's bodies, who are many, from leading.
        Body.contract_id + 0 == select(Quartier.contract_id).where(Quartier.id == here).scalar_subquery(),
    )


def events_of_quartier(quartier_id: int, language: str) -> list[Event]:
    """All events of the bodies of a quartier, and of those of its whole town; 1 statement."""
    return _events(_of_quartier(language), quartier=quartier_id)


def _occurrence(event: Event, day: date, here: ZoneInfo) -> Occurrence:
    return Occurrence(
        event,
        day,
        tuple(
            Hours(slot.start.astimezone(here).time(), slot.end.astimezone(here).time() if slot.end else None)
            for slot in event.own
        ),
    )


def _days(event: Event, since: date, before: date) -> list[date]:
    return list(rules.days(event.first_day(), event.recurrence, since, before))


def coming(events: Sequence[Event], today: date, limit: int = MOST_COMING) -> list[Occurrence]:
    """The next days, the earliest first; of one event that recurs a few. Cancelled ones are among them, once."""
    here = zone()
    found = [
        _occurrence(event, day, here)
        for event in events
        for day in _days(event, today, today + AHEAD)[: 1 if event.cancelled_at else MOST_OF_ONE]
    ]
    return sorted(found, key=lambda one: (one.day, one.hours[0].start, one.event.id))[:limit]


def past(events: Sequence[Event], today: date, limit: int = MOST_PAST) -> list[Occurrence]:
    """The latest days that were held within a year, the newest first."""
    here = zone()
    found = [
        _occurrence(event, day, here)
        for event in events
        if event.cancelled_at is None
        for day in _days(event, today - timedelta(days=366), today)[-MOST_OF_ONE:]
    ]
    return sorted(found, key=lambda one: (one.day, one.hours[0].start, one.event.id), reverse=True)[:limit]
