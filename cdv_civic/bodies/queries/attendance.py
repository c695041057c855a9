"""How many people came, as counted on each date."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from cdv_civic.bodies.models import Attendance
from cdv_civic.core.db import db


@dataclass(frozen=True)
class Presence:
    """How many people came on one date."""

    present: int
    first_time: int | None
    version: int


def attendance_of(meeting_id: int) -> dict[date, Presence]:
    """The people counted at a meeting, by the day that its series gives; 1 statement."""
    rows = db.session.execute(
        select(Attendance.day, Attendance.present, Attendance.first_time, Attendance.version).where(
            Attendance.meeting_id == meeting_id
        )
    )
    return {row.day: Presence(row.present, row.first_time, row.version) for row in rows}
