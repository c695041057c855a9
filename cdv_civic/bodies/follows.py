"""What followers of bodies and quartiers learn: publications, meetings that are announced or changed, dates ahead."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.bodies import wording
from cdv_civic.bodies.models import Meeting, MeetingException, slots_in
from cdv_civic.bodies.queries.dates import coming
from cdv_civic.bodies.queries.events import (
    BodyEvent,
    OccurrenceLine,
    event_with_id,
    events_of_bodies,
    events_to_tell,
    occurrence_line,
)
from cdv_civic.bodies.queries.followed import publications_between, quartiers_of_bodies
from cdv_civic.bodies.rules import RESTORED, Recurrence, occurrences
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import Words
from cdv_civic.core.web import navigation
from cdv_civic.notices.follows.kinds import (
    QUARTIER,
    DateEvent,
    DateProvider,
    FollowKind,
    NewsEvent,
    Target,
    register_dates,
    register_kind,
    register_news,
)
from cdv_civic.notices.follows.reminders import withdraw_reminders
from cdv_civic.notices.follows.rules import Thing
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Body, Contract
from cdv_civic.territory.vocabulary import RESIDENTS_BODY_KINDS

BODY: Final = "body"
#: What `DateEvent.about` of a meeting begins with.
_MEETING: Final = "meeting"
#: As `about` writes the beginning, in UTC.
_MOMENT: Final = "%Y-%m-%dT%H:%M"
#: Dates of one meeting that its news looks through for the next one that is held.
_LOOKED_THROUGH: Final = 3


def _find(reference: str) -> int | None:
    """By the slugs of the contract and the body: "contract/body"; only where residents are heard it has any news."""
    contract, _slash, slug = reference.partition("/")
    return db.session.execute(
        select(Body.id)
        .join(Contract, Contract.id == Body.contract_id)
        .where(
            Contract.slug == contract,
            Body.slug == slug,
            Body.retired_at.is_(None),
            Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)),
        )
    ).scalar()


def _describe(ids: Collection[int], _language: str) -> dict[int, Target]:
    rows = db.session.execute(
        select(Body.id, Body.name, Body.slug, Contract.slug.label("contract"))
        .join(Contract, Contract.id == Body.contract_id)
        .where(Body.id.in_(sorted(ids)))
    )
    found = {}
    for row in rows:
        named = {"contract": row.contract, "slug": row.slug}
        found[row.id] = Target(
            row.id,
            Words(row.name, SOURCE_LANGUAGE, translated=True),
            f"{row.contract}/{row.slug}",
            (navigation.endpoint("body"), named),
            contract_tag(row.contract),
            ("bodies.body_calendar", named),
        )
    return found


def _bodies(things: Mapping[str, Collection[int]]) -> dict[int, set[Thing]]:
    """The bodies whose news are those of some things, each with the things. 1 statement at most."""
    found: dict[int, set[Thing]] = defaultdict(set)
    for body_id in things.get(BODY, ()):
        found[body_id].add((BODY, body_id))
    if quartiers := things.get(QUARTIER):
        for body_id, ids in quartiers_of_bodies(quartiers).items():
            found[body_id] |= {(QUARTIER, quartier_id) for quartier_id in ids}
    return found


def news(
    things: Mapping[str, Collection[int]],
    since: datetime,
    until: datetime,
    language: str,
    newest: int | None,
) -> Sequence[NewsEvent]:
    """What bodies published, and meetings that were announced or changed: see `NewsProvider`. 3 statements."""
    bodies = _bodies(things)
    if not bodies:
        return []
    found = [
        NewsEvent(
            f"publication:{each.id}",
            each.published_at,
            frozenset(bodies[each.body_id]),
            each.title,
            f"{wording.PUBLICATION_KINDS[each.kind].label} · {each.body_name}",
            (
                "bodies.publication",
                {"contract": each.contract, "slug": each.body_slug, "publication_id": each.id},
            ),
        )
        for each in publications_between(bodies.keys(), since, until, language, newest)
    ]
    now = clock.now()
    for event in events_to_tell(bodies.keys(), since, until, language):
        said = _said(event, now)
        if said:
            found.append(
                NewsEvent(
                    f"meeting:{event.id}:{event.told_at.astimezone(UTC).isoformat()}",
                    event.told_at,
                    frozenset(bodies[event.body_id]),
                    event.title,
                    f"{said} · {event.body_name}",
                    _page(event),
                )
            )
    return found


def _page(event: BodyEvent) -> tuple[str, dict[str, object]]:
    named = {"contract": event.contract, "slug": event.body_slug, "meeting_id": event.id}
    return ("bodies.meeting", named)


def _said(event: BodyEvent, now: datetime) -> str:
    """What there is to know of a meeting now; empty where all of it is past."""
    ahead = coming([event], now, _LOOKED_THROUGH)
    if not ahead:
        return ""
    if event.cancelled_at is not None:
        return _("Annulé")
    said = [_("Annulé : %(day)s.", day=wording.weekday_day(line.day)) for line in ahead if line.cancelled]
    held = next((line for line in ahead if not line.cancelled), None)
    if held is not None:
        said.append(_("Prochaine date : %(when)s", when=_when(held)))
    return " ".join(said)


def _when(line: OccurrenceLine) -> str:
    """« jeudi 10 décembre 2026, de 18:30 à 20:00 · Maison de quartier »."""
    hours = _(", ").join(wording.hours_text(slot.start, slot.end) for slot in line.hours)
    when = _(", ").join((wording.weekday_day(line.day), hours))
    return f"{when} · {line.place}" if line.place else when


def about(meeting_id: int, starts_at: datetime, place: str | None) -> str:
    """How a date of a meeting is named: at another hour, or elsewhere, it is another one."""
    where = hashlib.sha256((place or "").encode()).hexdigest()[:8]
    return f"{_MEETING}:{meeting_id}:{starts_at.astimezone(UTC):{_MOMENT}}:{where}"


def dates(
    things: Mapping[str, Collection[int]], since: date, before: date, language: str
) -> Sequence[DateEvent]:
    """The dates that bodies will hold: see `DateProvider`. 2 statements."""
    bodies = _bodies(things)
    if not bodies:
        return []
    here = clock.zone()
    return [
        DateEvent(
            about(event.id, one.slots[0].start, line.place),
            frozenset(bodies[event.body_id]),
            one.slots[0].start,
            one.day,
            event.title,
            f"{_when(line)} · {event.body_name}",
            _page(event),
        )
        for event in events_of_bodies(bodies.keys(), language)
        if event.cancelled_at is None
        for one in event.occurrences(since, before)
        if not one.cancelled
        for line in [occurrence_line(event, one, here)]
    ]


def _read(named: str) -> tuple[int, datetime]:
    """The meeting that `about` named, and when it begins."""
    _prefix, number, when = named.split(":", 2)
    moment, _colon, _place = when.rpartition(":")
    return int(number), datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC)


def date_named(named: str, language: str) -> DateEvent | None:
    """A date by its name, with what has become of it: see `DateProvider.named`. 1 statement."""
    meeting_id, starts_at = _read(named)
    now = clock.now()
    event = event_with_id(meeting_id, language) if starts_at > now else None
    if event is None:
        return None
    return DateEvent(
        named,
        frozenset(),
        starts_at,
        starts_at.astimezone(clock.zone()).date(),
        event.title,
        # Of what was put back before now nothing is ahead.
        f"{_said(event, now) or _('Annulé')} · {event.body_name}",
        _page(event),
    )


def still_held(session: Session, named: str) -> bool:
    """Whether a date is held as it was named; the meeting's row is locked until the caller's transaction ends."""
    meeting_id, starts_at = _read(named)
    meeting = session.execute(
        select(Meeting)
        .where(Meeting.id == meeting_id, Meeting.cancelled_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if meeting is None:
        return False
    rows = session.execute(
        select(MeetingException).where(
            MeetingException.meeting_id == meeting.id, MeetingException.state != RESTORED
        ),
        execution_options={"populate_existing": True},
    ).scalars()
    excepted = {row.day: row for row in rows}
    day = starts_at.astimezone(clock.zone()).date()
    found = occurrences(
        slots_in(meeting),
        Recurrence.from_data(meeting.recurrence) if meeting.recurrence else None,
        {key: slots_in(row) or None for key, row in excepted.items()},
        clock.zone(),
        day,
        day + timedelta(days=1),
    )
    return any(
        about(meeting.id, each.slots[0].start, (moved.place if moved else None) or meeting.place) == named
        for each in found
        if not each.cancelled
        for moved in [excepted.get(each.key)]
    )


def withdraw_reminders_of(session: Session, meeting: Meeting) -> None:
    """Keep reminders of a meeting that was changed or cancelled from leaving; those still true are written anew."""
    withdraw_reminders(session, f"{_MEETING}:{meeting.id}")


def register(app: Flask) -> None:
    """Let bodies be followed, tell of them, and remind of their dates."""
    register_kind(app, FollowKind(BODY, "instance", _l("Les groupes"), "users-group", _find, _describe))
    register_news(app, "bodies", news)
    register_dates(app, DateProvider(_MEETING, dates, still_held, date_named))
