"""The review of a project: when it is due, when somebody is reminded, when a project can be stopped."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Protocol

from cdv_civic.fund.rules.projects import ProjectState

LONGEST_REVIEW: Final = 4000
LONGEST_CAPTION: Final = 200
LONGEST_ASKED: Final = 1000
MOST_PEOPLE: Final = 100_000
#: Where a round promises no day: so long after the money came.
_MONTHS: Final = 6
#: A carrier is reminded so often at most.
REMINDER_DAYS: Final = 30

#: A review can be written, or what it says be corrected.
TELLS: Final = frozenset({ProjectState.PAID, ProjectState.DONE})
#: Selected, and not told yet: the carrier can say that it will not take place.
STOPPED_BY_CARRIER: Final = frozenset({ProjectState.SELECTED, ProjectState.NOTIFIED, ProjectState.PAID})
STOPPED_BY_DESK: Final = STOPPED_BY_CARRIER | {ProjectState.DONE}
#: The money has left: what of it comes back is counted as it comes.
MONEY_LEFT: Final = frozenset({ProjectState.PAID, ProjectState.DONE})


class HasReviewDay(Protocol):
    """A round, or what is known of one."""

    @property
    def review_until(self) -> date | None:
        """The last day for reviews; None: none is promised."""


class ReviewStage(StrEnum):
    """What a review waits for, as addresses say it."""

    TO_READ = "a-lire"  #: by the desk
    LATE = "en-retard"  #: nothing was told, or what was asked for is not there, and the day is past
    ASKED = "a-completer"  #: the carrier is to add something
    AWAITED = "attendu"  #: nothing was told yet
    STOPPED = "arrete"  #: it stopped once it was paid
    TAKEN = "termine"


def _months_after(day: date, months: int) -> date:
    """The same day some months later; the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def due_after(fund_round: HasReviewDay, paid_on: date) -> date:
    """The last day of the review of a project that was paid on a day.

    That of its round; six months after the payment where there is none, or where the money came after it.
    """
    promised = fund_round.review_until
    return promised if promised is not None and promised > paid_on else _months_after(paid_on, _MONTHS)


def may_remind(due_on: date | None, reminded_on: date | None, today: date) -> bool:
    """Whether a late review is spoken of again."""
    if due_on is None or due_on >= today:
        return False
    return reminded_on is None or reminded_on <= today - timedelta(days=REMINDER_DAYS)


def sum_given_back(state: ProjectState, granted_cents: int, said_cents: int | None) -> int:
    """What goes back to the envelope where a project stops: all that was not paid yet; else what was said (None:
    nothing so far)."""
    return (said_cents or 0) if state in MONEY_LEFT else granted_cents
