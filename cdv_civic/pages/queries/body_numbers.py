"""The counts that contracts ask of a body, by year.

Numbers of people present are nobody's data: they are published as they are. Words are said by somebody: few of them are
not counted out (`core.suppression`).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import CompoundSelect, extract, func, literal, select, union_all

from cdv_civic.bodies.models import Attendance, BodyPublication, Meeting
from cdv_civic.bodies.queries.events import BodyEvent
from cdv_civic.bodies.rules import OPINION, PERMANENCE
from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.settings import current_settings
from cdv_civic.core.suppression import single
from cdv_civic.voices.models import Voice


@dataclass(frozen=True)
class YearNumbers:
    """What a body did in a year."""

    year: int
    meetings: int = 0
    permanences: int = 0
    #: Of these, those where people were counted.
    counted: int = 0
    present: int = 0
    first_time: int = 0
    #: Dates for which it was counted who came for the first time.
    first_time_counted: int = 0
    #: Words of residents, however they were said; None: some, and so few that they could point at somebody.
    contributions: int | None = 0
    opinions: int = 0

    @property
    def held(self) -> int:
        """Meetings and permanences."""
        return self.meetings + self.permanences


def _held(events: Sequence[BodyEvent], today: date) -> dict[tuple[int, date], tuple[str, date]]:
    """Kind and day of all dates that were held until today, by meeting and by the day that the series gives."""
    here = clock.zone()
    held = {}
    for event in events:
        before = today + timedelta(days=1)
        if event.cancelled_at is not None:
            before = min(before, event.cancelled_at.astimezone(here).date())
        # A date may have been moved to before the first day.
        for each in event.occurrences(event.first_day() - timedelta(days=366), before):
            if not each.cancelled:
                held[event.id, each.key] = (event.kind.code, each.day)
    return held


#: Stand for the meeting of an opinion, and of what residents said, which have none.
_NO_MEETING: Final = 0
_WORDS: Final = -1


def _counted(body_id: int) -> CompoundSelect[Any]:
    """The people counted on each date, the days on which opinions were given, and how much was said in each year (on
    its first day that something was), in one statement.
    """
    return union_all(
        select(Attendance.meeting_id, Attendance.day, Attendance.present, Attendance.first_time)
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .where(Meeting.body_id == body_id),
        select(literal(_NO_MEETING), BodyPublication.said_on, literal(0), literal(0)).where(
            BodyPublication.body_id == body_id,
            BodyPublication.kind == OPINION,
            BodyPublication.withdrawn_at.is_(None),
        ),
        select(literal(_WORDS), func.min(Voice.received_on), func.count(Voice.id), literal(0))
        .where(Voice.body_id == body_id)
        .group_by(extract("year", Voice.received_on)),
    )


def numbers_of(body_id: int, events: Sequence[BodyEvent], today: date) -> list[YearNumbers]:
    """The counts of a body by year, the latest first; years without any are left out.

    1 statement. `events` are all of the body. People counted on a date that the series no longer gives count, and so
    does the date.
    """
    held = _held(events, today)
    kinds = {event.id: event.kind.code for event in events}
    sums: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows_of(_counted(body_id)):
        if row.meeting_id == _NO_MEETING:
            sums[row.day.year]["opinions"] += 1
            continue
        if row.meeting_id == _WORDS:
            sums[row.day.year]["contributions"] += row.present
            continue
        known = (kinds.get(row.meeting_id, ""), row.day)
        _kind, day = held.setdefault((row.meeting_id, row.day), known)
        that_year = sums[day.year]
        that_year["counted"] += 1
        that_year["present"] += row.present
        if row.first_time is not None:
            that_year["first_time"] += row.first_time
            that_year["first_time_counted"] += 1
    for kind, day in held.values():
        sums[day.year]["permanences" if kind == PERMANENCE else "meetings"] += 1
    return [_published(year, sums[year]) for year in sorted(sums, reverse=True)]


def _published(year: int, counts: dict[str, int]) -> YearNumbers:
    said = counts.pop("contributions", 0)
    # That nobody said anything in a year is seen anyway: there is nothing to read.
    contributions = single(said, current_settings().small_count) if said else 0
    return YearNumbers(year, contributions=contributions, **counts)
