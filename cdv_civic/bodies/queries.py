"""What pages read of bodies. Every function says what it costs."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import BindParameter, Integer, Select, bindparam, exists, literal, select, union_all

from cdv_civic.bodies import rules
from cdv_civic.bodies.models import BodyLife, Meeting
from cdv_civic.bodies.rules import Recurrence, Slot
from cdv_civic.bodies.wording import AHEAD, BODY_STATES, MEETING_KINDS
from cdv_civic.core.db import db
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.policy import Reach
from cdv_civic.core.vocabulary import BODY_KINDS, RESIDENTS_BODY_KINDS, Word
from cdv_civic.territory.models import (
    Body,
    Commune,
    Contract,
    Quartier,
    body_commune,
    body_quartier,
    quartier_commune,
)
from cdv_civic.territory.scopes import bodies_within, contracts_touched

#: Dates of one meeting that recurs, on a page: more would hide the others.
MOST_OF_ONE: Final = 3
MOST_COMING: Final = 8
MOST_PAST: Final = 6
EVERYTHING: Final = Reach(everywhere=True)


def zone() -> ZoneInfo:
    """Where the territory lives."""
    return ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])


@dataclass(frozen=True, slots=True)
class Place:
    """A commune or a quartier."""

    slug: str
    name: str


@dataclass(frozen=True)
class BodyLine:
    """A body in a list. `state` is None where nobody has said."""

    id: int
    slug: str
    name: str
    kind: Word
    active: bool | None
    state: Word | None
    communes: tuple[Place, ...] = ()
    quartiers: tuple[Place, ...] = ()

    @property
    def residents(self) -> bool:
        """Whether residents sit or are heard there: only then are its meetings public."""
        return self.kind.code in RESIDENTS_BODY_KINDS


@dataclass(frozen=True)
class BodyPage:
    """One body."""

    line: BodyLine
    contract: str
    contract_title: str
    retired_on: date | None
    contact: Words | None
    joining: Words | None


@dataclass(frozen=True)
class Event:
    """A meeting or a permanence, whatever its number of days."""

    id: int
    uid: str
    kind: Word
    title: Words
    sentence: Words | None
    own: tuple[Slot, ...]  #: of its first day
    place: str | None
    recurrence: Recurrence | None
    childcare: bool
    step_free: bool
    interpreter: bool
    spoken: tuple[str, ...]
    cancelled_at: datetime | None
    cancelled_reason: Words | None
    sequence: int
    changed_at: datetime
    body_slug: str
    body_name: str
    contract: str

    def first_day(self) -> date:
        """Its first day, where the territory lives."""
        return self.own[0].start.astimezone(zone()).date()


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


def _places(body_ids: Select[Any]) -> dict[str, dict[int, list[Place]]]:
    """Communes and quartiers of some bodies, in the document's order; 1 statement."""
    both = union_all(
        select(
            literal("communes").label("what"),
            body_commune.c.body_id.label("body_id"),
            body_commune.c.position.label("position"),
            Commune.slug.label("slug"),
            Commune.name.label("name"),
        )
        .join(Commune, Commune.id == body_commune.c.commune_id)
        .where(body_commune.c.body_id.in_(body_ids)),
        select(
            literal("quartiers"),
            body_quartier.c.body_id,
            body_quartier.c.position,
            Quartier.slug,
            Quartier.name,
        )
        .join(Quartier, Quartier.id == body_quartier.c.quartier_id)
        .where(body_quartier.c.body_id.in_(body_ids)),
    )
    found: dict[str, dict[int, list[Place]]] = {"communes": defaultdict(list), "quartiers": defaultdict(list)}
    for row in sorted(db.session.execute(both), key=lambda row: (row.position, row.name)):
        found[row.what][row.body_id].append(Place(row.slug, row.name))
    return found


def _line(row: Any, places: dict[str, dict[int, list[Place]]]) -> BodyLine:
    return BodyLine(
        row.id,
        row.slug,
        row.name,
        BODY_KINDS[row.kind],
        row.active,
        BODY_STATES[row.state] if row.state else None,
        tuple(places["communes"].get(row.id, ())),
        tuple(places["quartiers"].get(row.id, ())),
    )


def bodies_of(contract_id: int, reach: Reach = EVERYTHING) -> list[BodyLine]:
    """The bodies of a contract within reach, those of residents first; 2 statements."""
    rows = db.session.execute(
        select(Body.id, Body.slug, Body.name, Body.kind, Body.active, Body.position, BodyLife.state)
        .outerjoin(BodyLife, BodyLife.body_id == Body.id)
        .where(Body.contract_id == contract_id, Body.retired_at.is_(None), bodies_within(reach))
        .order_by(Body.position, Body.id)
    ).all()
    places = _places(select(Body.id).where(Body.contract_id == contract_id))
    return sorted((_line(row, places) for row in rows), key=lambda line: not line.residents)


@dataclass(frozen=True)
class ContractName:
    """A contract by its short title."""

    id: int
    slug: str
    title: str


def contract_named(slug: str) -> ContractName | None:
    """A contract by its slug; 1 statement."""
    row = db.session.execute(
        select(Contract.id, Contract.slug, Contract.short_title).where(Contract.slug == slug)
    ).first()
    return ContractName(*row) if row else None


def contracts_with_bodies(reach: Reach) -> list[ContractName]:
    """The contracts that have something within reach, those that end last first; 1 statement."""
    statement = (
        select(Contract.id, Contract.slug, Contract.short_title)
        .where(contracts_touched(reach))
        .order_by(Contract.period_end.desc(), Contract.short_title)
    )
    return [ContractName(*row) for row in db.session.execute(statement)]


def body_page(contract: str, slug: str, language: str) -> BodyPage | None:
    """A body, also one that has left its contract; 2 statements."""
    contact = Localized("contact", BodyLife.contact_id, language)
    joining = Localized("joining", BodyLife.joining_id, language)
    statement = (
        select(
            Body.id,
            Body.slug,
            Body.name,
            Body.kind,
            Body.active,
            Body.retired_at,
            BodyLife.state,
            Contract.slug.label("contract"),
            Contract.short_title,
            *contact.columns,
            *joining.columns,
        )
        .join(Contract, Contract.id == Body.contract_id)
        .outerjoin(BodyLife, BodyLife.body_id == Body.id)
        .where(Contract.slug == contract, Body.slug == slug)
    )
    row = db.session.execute(
        joining.join(contact.join(statement, optional=True), optional=True)
    ).one_or_none()
    if row is None:
        return None
    return BodyPage(
        _line(row, _places(select(Body.id).where(Body.id == row.id))),
        row.contract,
        row.short_title,
        row.retired_at.date() if row.retired_at else None,
        contact.words_or_none(row),
        joining.words_or_none(row),
    )


def states_of(contract: str, slugs: Iterable[str]) -> dict[str, Word]:
    """What staff said of some bodies, by slug; 1 statement, none where nothing is asked."""
    asked = list(slugs)
    if not asked:
        return {}
    rows = db.session.execute(
        select(Body.slug, BodyLife.state)
        .join(BodyLife, BodyLife.body_id == Body.id)
        .join(Contract, Contract.id == Body.contract_id)
        .where(Contract.slug == contract, Body.slug.in_(asked), BodyLife.state.is_not(None))
    )
    return {row.slug: BODY_STATES[row.state] for row in rows}


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
        meeting.id,
        meeting.uid,
        MEETING_KINDS[meeting.kind],
        title,
        sentence,
        own_slots(meeting),
        meeting.place,
        Recurrence.from_data(meeting.recurrence) if meeting.recurrence else None,
        meeting.childcare,
        meeting.step_free,
        meeting.interpreter,
        tuple(meeting.spoken),
        meeting.cancelled_at,
        reason,
        meeting.sequence,
        meeting.changed_at,
        row.body_slug,
        row.body_name,
        row.contract,
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


def quartier_named(slug: str) -> tuple[int, str] | None:
    """Id and name of a quartier; 1 statement."""
    row = db.session.execute(select(Quartier.id, Quartier.name).where(Quartier.slug == slug)).first()
    return (row.id, row.name) if row else None


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
