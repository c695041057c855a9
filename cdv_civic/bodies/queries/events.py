"""Meetings and permanences of bodies, and their occurrences. Every function says what it costs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Integer, and_, bindparam, exists, null, or_, select

from cdv_civic.bodies import rules
from cdv_civic.bodies.models import Meeting, MeetingException, slots_in
from cdv_civic.bodies.rules import AHEAD, Occurrence, Recurrence, Slot
from cdv_civic.bodies.wording import MEETING_KINDS
from cdv_civic.core import clock
from cdv_civic.core.db import UtcDateTime, db
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.web.validity import valid_until
from cdv_civic.territory.models import Body, Contract, Quartier, body_commune, body_quartier, quartier_commune
from cdv_civic.territory.scopes import bodies_of_quartiers
from cdv_civic.territory.vocabulary import RESIDENTS_BODY_KINDS, CodedTerm


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
        return self.own[0].start.astimezone(clock.zone()).date()


def facts_in(meeting: Meeting) -> dict[str, Any]:
    """The fields of `MeetingFacts`, from a row."""
    return {
        "id": meeting.id,
        "own": slots_in(meeting),
        "place": meeting.place,
        "recurrence": Recurrence.from_data(meeting.recurrence) if meeting.recurrence else None,
        "childcare": meeting.childcare,
        "step_free": meeting.step_free,
        "interpreter": meeting.interpreter,
        "spoken": tuple(meeting.spoken),
        "cancelled_at": meeting.cancelled_at,
        "sequence": meeting.sequence,
    }


@dataclass(frozen=True)
class OccurrenceNote:
    """What was decided of one occurrence of a series, in the reader's language."""

    state: str  #: one of `rules.EXCEPTIONS`
    slots: tuple[Slot, ...]  #: of a date that is moved
    reason: Words | None
    #: Where it is moved to another place.
    place: str | None


@dataclass(frozen=True, kw_only=True)
class BodyEvent(MeetingFacts):
    """A meeting or a permanence in the reader's language."""

    #: What calendars know it by.
    uid: str
    kind: CodedTerm
    title: Words
    sentence: Words | None
    cancelled_reason: Words | None
    changed_at: datetime
    told_at: datetime
    body_id: int
    body_slug: str
    body_name: str
    contract: str
    #: By the day that the series gives.
    notes: Mapping[date, OccurrenceNote]

    @property
    def exceptions(self) -> rules.Exceptions:
        """The occurrences that are not as the series gives them."""
        return {day: note.slots or None for day, note in self.notes.items() if note.state != rules.RESTORED}

    def occurrences(self, since: date, before: date) -> list[Occurrence]:
        """See `rules.occurrences`."""
        return rules.occurrences(self.own, self.recurrence, self.exceptions, clock.zone(), since, before)

    def ahead(self, now: datetime) -> list[Occurrence]:
        """The occurrences of the next year that are not over; what shows them is right until the first ends."""
        here = clock.zone()
        today = now.astimezone(here).date()
        found = []
        # From yesterday on: what began in the evening may not be over.
        for each in self.occurrences(today - timedelta(days=1), today + AHEAD):
            if each.day <= today:
                end = rules.ends_at(each, here)
                if end <= now:
                    continue
                valid_until(end)
            found.append(each)
        return found

    def behind(self, now: datetime, since: timedelta) -> list[Occurrence]:
        """The occurrences that are over, and were held that long ago or less."""
        here = clock.zone()
        today = now.astimezone(here).date()
        return [
            each
            for each in self.occurrences(today - since, today + timedelta(days=1))
            if rules.ends_at(each, here) <= now
        ]

    def occurrence_of(self, key: date) -> Occurrence | None:
        """The occurrence that the series gives on a day, wherever it was moved."""
        note = self.notes.get(key)
        day = note.slots[0].start.astimezone(clock.zone()).date() if note and note.slots else key
        return next(
            (each for each in self.occurrences(day, day + timedelta(days=1)) if each.key == key), None
        )


@dataclass(frozen=True)
class Hours:
    """From when to when, on the wall clock."""

    start: time
    end: time | None


@dataclass(frozen=True)
class OccurrenceLine:
    """One occurrence of an event, as lists of them show it."""

    event: BodyEvent
    #: What the series gives: it names the date.
    key: date
    #: When it is held.
    day: date
    hours: tuple[Hours, ...]
    place: str | None
    cancelled: bool
    #: Why it is cancelled or moved.
    reason: Words | None

    @property
    def moved(self) -> bool:
        """Whether it was announced for another day."""
        return self.day != self.key


_Events = tuple[tuple[Localized, ...], Any]


def _events_statement(language: str, *conditions: Any) -> _Events:
    """Events of bodies where residents are heard, a row for each occurrence of which something was decided."""
    texts = (
        Localized("title", Meeting.title_id, language),
        Localized("sentence", Meeting.sentence_id, language),
        Localized("reason", Meeting.cancelled_reason_id, language),
        Localized("note", MeetingException.reason_id, language),
    )
    statement = (
        select(
            Meeting,
            MeetingException,
            Body.slug.label("body_slug"),
            Body.name.label("body_name"),
            Contract.slug.label("contract"),
            *(column for text in texts for column in text.columns),
        )
        .join(Body, Body.id == Meeting.body_id)
        .join(Contract, Contract.id == Body.contract_id)
        .outerjoin(MeetingException, MeetingException.meeting_id == Meeting.id)
        .where(Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)), *conditions)
        .order_by(Meeting.starts_at, Meeting.id, MeetingException.day)
        .execution_options(populate_existing=True)
    )
    for number, text in enumerate(texts):
        statement = text.join(statement, optional=number > 0)
    return texts, statement


def _events(events: _Events, **values: Any) -> list[BodyEvent]:
    """What such a statement finds; 1 statement."""
    texts, statement = events
    found = db.session.execute(statement, values)
    return [_event(list(rows), texts) for _id, rows in groupby(found, key=lambda row: row.Meeting.id)]


def _event(rows: Sequence[Any], texts: tuple[Localized, ...]) -> BodyEvent:
    title, sentence, reason, note = texts
    row = rows[0]
    meeting: Meeting = row.Meeting
    return BodyEvent(
        **facts_in(meeting),
        uid=meeting.client_key,
        kind=MEETING_KINDS[meeting.kind],
        title=title.words(row),
        sentence=sentence.words_or_none(row),
        cancelled_reason=reason.words_or_none(row),
        changed_at=meeting.changed_at,
        told_at=meeting.told_at,
        body_id=meeting.body_id,
        body_slug=row.body_slug,
        body_name=row.body_name,
        contract=row.contract,
        notes={
            each.MeetingException.day: OccurrenceNote(
                each.MeetingException.state,
                slots_in(each.MeetingException),
                note.words_or_none(each),
                each.MeetingException.place,
            )
            for each in rows
            if each.MeetingException is not None
        },
    )


def events_of_body(body_id: int, language: str) -> list[BodyEvent]:
    """All events of a body, the earliest first; 1 statement."""
    return _events(_events_statement(language, Meeting.body_id == body_id))


def events_of_bodies(body_ids: Collection[int], language: str) -> list[BodyEvent]:
    """All events of some bodies, the earliest first; 1 statement."""
    return _events(
        _events_statement(language, Meeting.body_id.in_(sorted(body_ids)), Body.retired_at.is_(None))
    )


def events_to_tell(
    body_ids: Collection[int], since: datetime, until: datetime, language: str
) -> list[BodyEvent]:
    """The events of some bodies that were announced, moved or cancelled last between two moments, the first excluded.

    1 statement.
    """
    return _events(
        _events_statement(
            language,
            Meeting.body_id.in_(sorted(body_ids)),
            Body.retired_at.is_(None),
            Meeting.told_at > since,
            Meeting.told_at <= until,
        )
    )


def event_of_body(contract: str, slug: str, meeting_id: int, language: str) -> BodyEvent | None:
    """One event of a body; 1 statement."""
    found = _events(
        _events_statement(language, Meeting.id == meeting_id, Body.slug == slug, Contract.slug == contract)
    )
    return found[0] if found else None


def event_with_id(meeting_id: int, language: str) -> BodyEvent | None:
    """One event of a body where residents are heard; 1 statement."""
    found = _events(_events_statement(language, Meeting.id == meeting_id))
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


def events_of_quartier(quartier_id: int, language: str) -> list[BodyEvent]:
    """All events of the bodies of a quartier, and of those of its whole town; 1 statement."""
    return _events(_of_quartier(language), quartier=quartier_id)


def events_to_come(
    language: str, today: date, ahead: timedelta, *, quartiers: Sequence[int] = (), body_id: int | None = None
) -> list[BodyEvent]:
    """The events that may be held within `ahead` from today: of a body, of those of some quartiers and of their whole
    towns, or (neither given) of the site; 1 statement.

    Those of a series are all there: whether a date of it comes is a matter of its recurrence.
    """
    midnight = rules.to_utc(today, time(), clock.zone())
    when = {"since": midnight - rules.LONGEST_NIGHT, "until": midnight + ahead}
    if body_id is not None:
        return _events(_to_come(language, "body"), body=body_id, **when)
    if quartiers:
        return _events(_to_come(language, "quartiers"), quartiers=sorted(quartiers), **when)
    return _events(_to_come(language, "site"), **when)


@cache
def _to_come(language: str, where: str) -> _Events:
    """Built once for each language and kind of place: home and quartiers ask it."""
    since, until = bindparam("since", type_=UtcDateTime()), bindparam("until", type_=UtcDateTime())
    moved = select(MeetingException.meeting_id).where(
        MeetingException.starts_at >= since, MeetingException.starts_at < until
    )
    conditions = [
        Body.retired_at.is_(None),
        Meeting.cancelled_at.is_(None),
        or_(
            Meeting.recurrence.is_not(null()),
            and_(Meeting.starts_at >= since, Meeting.starts_at < until),
            Meeting.id.in_(moved),
        ),
    ]
    if where == "body":
        conditions.append(Meeting.body_id == bindparam("body"))
    elif where == "quartiers":
        conditions.append(Meeting.body_id.in_(bodies_of_quartiers(bindparam("quartiers", expanding=True))))
    return _events_statement(language, *conditions)


def occurrence_line(event: BodyEvent, found: Occurrence, here: ZoneInfo) -> OccurrenceLine:
    """One date of an event, as a page shows it."""
    note = event.notes.get(found.key)
    told = note if note is not None and note.state != rules.RESTORED else None
    return OccurrenceLine(
        event,
        found.key,
        found.day,
        tuple(
            Hours(slot.start.astimezone(here).time(), slot.end.astimezone(here).time() if slot.end else None)
            for slot in found.slots
        ),
        (told.place if told else None) or event.place,
        found.cancelled or event.cancelled_at is not None,
        event.cancelled_reason if event.cancelled_at else told.reason if told else None,
    )
