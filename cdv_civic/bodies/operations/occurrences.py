"""Cancel or move one occurrence of a series, or restore it; count who came."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.bodies.follows import withdraw_reminders_of
from cdv_civic.bodies.models import Attendance, Meeting, MeetingException, slots_in
from cdv_civic.bodies.operations.meetings import locked_meeting
from cdv_civic.bodies.operations.texts import LONGEST_PLACE, LONGEST_TEXT
from cdv_civic.bodies.rules import (
    CANCELLED,
    MOVED,
    RESTORED,
    Occurrence,
    Recurrence,
    Slot,
    gives,
    occurrences,
)
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import ChangedMeanwhile, DomainError, NotFound, Refusals
from cdv_civic.core.forgotten_texts import forget_text
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import put_text, said_in
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Body

#: More people than any hall has seats for: a typing mistake.
NOT_HELD = _l("Cette rencontre est annulée\u00a0: il n’y a personne à compter.")
NOT_YET = _l("Cette rencontre est à venir\u00a0: comptez les personnes ce jour-là ou après.")
MOST_PRESENT = 9_999
#: Numbers by year look this far for the occurrences of a series.
FARTHEST_MOVE = timedelta(days=365)


def _exceptions(session: Session, meeting_id: int) -> dict[date, MeetingException]:
    rows = session.execute(
        select(MeetingException).where(MeetingException.meeting_id == meeting_id),
        execution_options={"populate_existing": True},
    ).scalars()
    return {row.day: row for row in rows}


def _series(meeting: Meeting, zone: ZoneInfo) -> tuple[date, Recurrence | None]:
    recurrence = Recurrence.from_data(meeting.recurrence) if meeting.recurrence else None
    return meeting.starts_at.astimezone(zone).date(), recurrence


def occurrence_of(session: Session, meeting: Meeting, day: date, zone: ZoneInfo) -> Occurrence:
    """The occurrence that the series gives on `day`, wherever it was moved; raises `NotFound`."""
    first, recurrence = _series(meeting, zone)
    if not gives(first, recurrence, day):
        raise NotFound(_l("Cette rencontre n’a pas de date ce jour-là."))
    row = session.get(MeetingException, (meeting.id, day), populate_existing=True)
    changed = row is not None and row.state != RESTORED
    slots = slots_in(row) if row is not None and changed else None
    exceptions = {day: slots or None} if changed else {}
    held_on = slots[0].start.astimezone(zone).date() if slots else day
    found = occurrences(
        slots_in(meeting), recurrence, exceptions, zone, held_on, date.fromordinal(held_on.toordinal() + 1)
    )
    return next(each for each in found if each.key == day)


def _except(
    session: Session,
    actor: Actor,
    meeting: Meeting,
    row: MeetingException | None,
    day: date,
    state: str,
    reason: Mapping[str, str],
    slots: Sequence[Slot] = (),
    place: str | None = None,
) -> None:
    """Write what is decided of one occurrence; every calendar that has the series takes it, and reminders go."""
    old = row.reason_id if row is not None else None
    reason_id = None
    if state != RESTORED:
        contract_id = session.get_one(Body, meeting.body_id).contract_id
        owner = TextOwner("meeting_exception", meeting.id, f"reason {day.isoformat()}", contract_id)
        reason_id = put_text(session, old, reason, "reason", LONGEST_TEXT, owner, actor)
    if state != RESTORED and reason_id is None:
        raise DomainError(
            _l("Dites pourquoi : les habitantes et les habitants le lisent."),
            field=f"reason_{SOURCE_LANGUAGE}",
        )
    if row is None:
        row = MeetingException(meeting_id=meeting.id, day=day)
        session.add(row)
    row.reason_id = reason_id
    first, second = (*slots, None, None)[:2]
    row.state = state
    row.starts_at, row.ends_at = (first.start, first.end) if first else (None, None)
    row.second_starts_at, row.second_ends_at = (second.start, second.end) if second else (None, None)
    row.place = place
    row.changed_at = meeting.changed_at = meeting.told_at = clock.now()
    meeting.sequence += 1
    session.flush()
    withdraw_reminders_of(session, meeting)
    if row.reason_id is None:
        forget_text(session, old)


def why_no_single_date(*, series: bool, cancelled: bool) -> LazyString | None:
    """Why no date of a meeting is changed by itself; None where it may be."""
    if not series:
        return _l("Cette rencontre n’a qu’une date : changez ou annulez la rencontre elle-même.")
    if cancelled:
        return _l("Toutes les dates de cette rencontre sont déjà annulées.")
    return None


def _in_a_series(meeting: Meeting) -> None:
    why = why_no_single_date(
        series=meeting.recurrence is not None, cancelled=meeting.cancelled_at is not None
    )
    if why is not None:
        raise DomainError(why)


def cancel_occurrence(
    actor: Actor, meeting_id: int, day: date, reason: Mapping[str, str], *, sequence: int, zone: ZoneInfo
) -> None:
    """Cancel one occurrence of a series, and say why; the others stay. Twice changes nothing.

    `day` is the one that the series gives. Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        meeting, contract = locked_meeting(session, actor, meeting_id, sequence)
        raise_tags(session, contract_tag(contract))
        _in_a_series(meeting)
        known = occurrence_of(session, meeting, day, zone)
        if known.cancelled:
            return
        row = session.get(MeetingException, (meeting_id, day))
        _except(session, actor, meeting, row, day, CANCELLED, reason)
        _trace(session, actor, "meeting.cancel_date", meeting, contract, day, {"reason": said_in(reason)})


def move_occurrence(
    actor: Actor,
    meeting_id: int,
    day: date,
    slots: Sequence[Slot],
    reason: Mapping[str, str],
    *,
    sequence: int,
    zone: ZoneInfo,
    place: str = "",
) -> None:
    """Move one occurrence of a series to another hour, another day or (`place`) elsewhere, and say why.

    `day` is the one that the series gives; there are as many slots as the meeting has. Raises `NotFound`,
    `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        meeting, contract = locked_meeting(session, actor, meeting_id, sequence)
        raise_tags(session, contract_tag(contract))
        _in_a_series(meeting)
        before = occurrence_of(session, meeting, day, zone)
        own = slots_in(meeting)
        _check_slots(own, slots)
        if len(place.strip()) > LONGEST_PLACE:
            raise DomainError(
                _l("Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=LONGEST_PLACE),
                field="place",
            )
        _first, recurrence = _series(meeting, zone)
        moved_to = slots[0].start.astimezone(zone).date()
        excepted = _exceptions(session, meeting_id)
        taken = {
            each.day
            for each in occurrences(
                own,
                recurrence,
                {key: slots_in(row) or None for key, row in excepted.items() if row.state != RESTORED},
                zone,
                moved_to,
                date.fromordinal(moved_to.toordinal() + 1),
            )
            if each.key != day and not each.cancelled
        }
        if abs(moved_to - day) > FARTHEST_MOVE:
            raise DomainError(_l("Choisissez un jour à moins d’un an de la date prévue."), field="day")
        if moved_to in taken:
            raise DomainError(
                _l("Cette rencontre a déjà une date ce jour-là : choisissez un autre jour."), field="day"
            )
        _except(session, actor, meeting, excepted.get(day), day, MOVED, reason, slots, place.strip() or None)
        told: dict[str, Any] = {
            "from": before.slots[0].start.isoformat(),
            "to": slots[0].start.isoformat(),
            "reason": said_in(reason),
        }
        _trace(session, actor, "meeting.move_date", meeting, contract, day, told)


def _check_slots(own: Sequence[Slot], slots: Sequence[Slot]) -> None:
    if len(slots) != len(own):
        raise DomainError(_l("Écrivez l’heure de début du deuxième horaire."), field="second_start")
    with Refusals() as refused:
        for slot, field in zip(slots, ("end", "second_end"), strict=False):
            if slot.end is not None and slot.end <= slot.start:
                refused.add(
                    DomainError(_l("La fin vient après le début : corrigez l’heure de fin."), field=field)
                )
        if len(slots) > 1 and slots[1].start < (slots[0].end or slots[0].start):
            raise DomainError(
                _l("Le deuxième horaire vient après le premier : corrigez son début."), field="second_start"
            )


def restore_occurrence(actor: Actor, meeting_id: int, day: date, *, sequence: int, zone: ZoneInfo) -> None:
    """Restore an occurrence that was cancelled or moved: it is as the series gives it. Twice changes nothing.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        meeting, contract = locked_meeting(session, actor, meeting_id, sequence)
        raise_tags(session, contract_tag(contract))
        _in_a_series(meeting)
        occurrence_of(session, meeting, day, zone)
        row = session.get(MeetingException, (meeting_id, day))
        if row is None or row.state == RESTORED:
            return
        before = row.state
        _except(session, actor, meeting, row, day, RESTORED, {})
        _trace(session, actor, "meeting.restore_date", meeting, contract, day, {"was": before})


def _trace(
    session: Session,
    actor: Actor,
    action: str,
    meeting: Meeting,
    contract: str,
    day: date,
    more: dict[str, Any],
) -> None:
    after = {"meeting": meeting.id, "day": day.isoformat(), **more}
    record(session, actor, action, "body", meeting.body_id, scope=contract, after=after)


def enter_attendance(
    actor: Actor,
    meeting_id: int,
    day: date,
    *,
    present: int,
    first_time: int | None,
    version: int,
    zone: ZoneInfo,
) -> None:
    """Say how many people came on one date, or correct it; the same numbers again change nothing.

    `day` is the one that the series gives; `version` is that of the form (0: nobody had counted). Raises
    `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    if not 0 <= present <= MOST_PRESENT:
        raise DomainError(_l("Écrivez un nombre de personnes, par exemple 12."), field="present")
    if first_time is not None and not 0 <= first_time <= present:
        raise DomainError(
            _l("Les personnes venues pour la première fois sont parmi les présentes : corrigez ce nombre."),
            field="first_time",
        )
    with transaction() as session:
        meeting, contract = locked_meeting(session, actor, meeting_id, None)
        raise_tags(session, contract_tag(contract))
        known = occurrence_of(session, meeting, day, zone)
        if known.cancelled or meeting.cancelled_at is not None:
            raise DomainError(NOT_HELD)
        if known.day > clock.now().astimezone(zone).date():
            raise DomainError(NOT_YET)
        row = session.get(Attendance, (meeting_id, day), populate_existing=True)
        if row is not None and (row.present, row.first_time) == (present, first_time):
            return
        if (row.version if row else 0) != version:
            raise ChangedMeanwhile
        before = {"present": row.present, "first_time": row.first_time} if row else None
        if row is None:
            row = Attendance(meeting_id=meeting_id, day=day, version=0)
            session.add(row)
        row.present, row.first_time = present, first_time
        row.version += 1
        row.entered_at = clock.now()
        record(
            session,
            actor,
            "meeting.attendance",
            "body",
            meeting.body_id,
            scope=contract,
            before=before,
            after={
                "meeting": meeting_id,
                "day": day.isoformat(),
                "present": present,
                "first_time": first_time,
            },
        )
