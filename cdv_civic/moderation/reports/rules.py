"""Reports: what each must hold, by when it is read, and how many of one text are kept in full."""

from datetime import date, datetime, timedelta
from typing import Final

from cdv_civic.moderation.rules.appeals import ReportReason, appeal_until

#: Reports of one text that wait and are kept in full. Those beyond are counted, have their receipt and get the same
#: decision, but keep neither words nor a way to be told: a crowd against one author fills no queue, and moves nobody.
MOST_OPEN_REPORTS: Final = 20
#: Somebody's life comes before any other delay.
DANGER_HOURS: Final = 24
#: Ways to be told of reports that nobody ever decided on are forgotten after so long.
FORGOTTEN_AFTER: Final = timedelta(days=730)


def due_at(reason: ReportReason, received_at: datetime, hours: int) -> datetime:
    """When a report should have been read; `hours`: those that the charter gives to any text."""
    return received_at + timedelta(hours=min(hours, DANGER_HOURS) if reason is ReportReason.DANGER else hours)


def must_explain(reason: ReportReason) -> bool:
    """Whether the reason alone says nothing: then words must say what is wrong."""
    return reason is ReportReason.OTHER


def kept_in_full(open_before: int, reason: ReportReason) -> bool:
    """Whether the words of one more report are kept; where a life may be at stake, always."""
    return reason is ReportReason.DANGER or open_before < MOST_OPEN_REPORTS


def contact_until(decided_on: date) -> date:
    """The last day on which a way to be told is kept: until then the decision can be contested, by either side."""
    return appeal_until(decided_on)
