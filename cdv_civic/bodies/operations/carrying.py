"""What becomes of dates that were cancelled or moved, when their series is changed and gives those days no more."""

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.bodies.models import Meeting, MeetingException, slots_in
from cdv_civic.bodies.rules import RESTORED, Recurrence, stranded
from cdv_civic.core import clock
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import LocalizedText

#: By the day that the series gave: whether what was decided holds for the date that comes in its place.
Carried = Mapping[date, bool]


def carried_field(day: date) -> str:
    """The field of the form that asks for one date."""
    return f"carried_{day.isoformat()}"


def carry_exceptions(session: Session, meeting: Meeting, carried: Carried, zone: ZoneInfo) -> None:
    """Follow a series that was changed, in the caller's transaction: nothing that was decided is lost in silence.

    A date to come that has a date in its place needs an answer; without one it raises `DomainError`.
    """
    rows = {
        row.day: row
        for row in session.execute(
            select(MeetingException).where(MeetingException.meeting_id == meeting.id),
            execution_options={"populate_existing": True},
        ).scalars()
    }
    exceptions = {day: slots_in(row) or None for day, row in rows.items() if row.state != RESTORED}
    recurrence = Recurrence.from_data(meeting.recurrence) if meeting.recurrence else None
    first = meeting.starts_at.astimezone(zone).date()
    if recurrence is None:
        # The form that made one date of the series said when that is: nothing of it is cancelled or moved.
        for row in rows.values():
            _forget(session, row)
        return
    for each in stranded(exceptions, first, recurrence, zone, clock.now().astimezone(zone).date()):
        row = rows[each.key]
        if each.key not in carried:
            raise DomainError(_l("Dites ce que devient cette date."), field=carried_field(each.key))
        if carried[each.key]:
            in_the_way = rows.get(each.to)
            if in_the_way is not None:
                _forget(session, in_the_way)
            _move_to(session, row, each.to)
        else:
            _forget(session, row)


def _move_to(session: Session, row: MeetingException, day: date) -> None:
    if row.reason_id is not None:
        # A text is found by its owner and its field, which names the day.
        session.get_one(LocalizedText, row.reason_id).field = f"reason {day.isoformat()}"
    row.day = day
    row.changed_at = clock.now()
    session.flush()


def _forget(session: Session, row: MeetingException) -> None:
    session.delete(row)  # its reason goes along
    session.flush()
