"""When a job that failed is tried again, which job is late, and when the clock is in doubt."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FIRST_RETRY: Final = timedelta(seconds=30)
#: Each retry waits so many times longer than the one before, and none longer than the period.
RETRY_FACTOR: Final = 4
#: Runs in a row that did not end well before a job which runs on demand is called late.
PATIENCE: Final = 3
#: How long a job may take beyond its period, and processes to be restarted.
GRACE: Final = timedelta(minutes=10)
#: How far a machine's clock may be from the database's, and be set while the site runs.
MOST_APART: Final = timedelta(minutes=10)
#: How long after the last moment that is known the clock may stand (a site that was stopped), and how long before.
LONGEST_LEAP: Final = timedelta(days=30)
LONGEST_STEP_BACK: Final = timedelta(days=1)


@dataclass(frozen=True)
class Beat:
    """How a job does. Moments are the database's."""

    name: str
    period: timedelta
    on_demand: bool  #: it runs only where there is something to do
    started_at: datetime | None = None
    finished_at: datetime | None = None  #: when a run last ended well
    failures: int = 0  #: runs in a row that did not end well, the one that goes on left out
    last_error: str | None = None  #: the kind of its last error
    running: bool = False


def retry_after(failures: int, period: timedelta) -> timedelta:
    """How long to wait after `failures` runs in a row (1 or more) that did not end well."""
    steps = min(failures - 1, 10)  # far beyond any period, and far below what a timedelta holds
    factor: int = RETRY_FACTOR**steps
    return min(period, FIRST_RETRY * factor)


def late(beat: Beat, now: datetime) -> bool:
    """Whether somebody should look after the job: it was never done, too long ago, or it fails again and again."""
    if beat.on_demand:
        return beat.failures >= PATIENCE
    return beat.finished_at is None or now - beat.finished_at > 2 * beat.period + GRACE


def doubt_of(
    ours: datetime, databases: datetime, last: datetime | None, leap: timedelta = timedelta(0)
) -> str | None:
    """Why the clock cannot be trusted, in words for whoever runs the site; None where it can.

    `last`: when it was last seen to be right, by the database's; None: never. `leap`: by how much this machine's was
    set since this process began.
    """
    if abs(leap) > MOST_APART:
        way = "ahead" if leap > timedelta(0) else "back"
        return (
            f"the clock of this machine was set {way} by {abs(leap) // timedelta(minutes=1)} minutes while the site "
            "ran: set it right or, if it is, restart the site"
        )
    apart = abs(ours - databases)
    if apart > MOST_APART:
        return (
            f"the clock of this machine and the database's are {apart // timedelta(minutes=1)} minutes apart"
        )
    if last is not None and not -LONGEST_STEP_BACK <= databases - last <= LONGEST_LEAP:
        return (
            f"the clock says {databases:%Y-%m-%d %H:%M}, and the last moment known is {last:%Y-%m-%d %H:%M} (UTC): "
            "set it right or, if it is, run flask jobs accept-clock"
        )
    return None
