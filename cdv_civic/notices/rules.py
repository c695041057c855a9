"""When a mail is tried again, and what its head may hold."""

from datetime import datetime, timedelta
from typing import Final

#: Waits after the first, second… attempt that failed. After the last one the mail is given up.
BACK_OFF: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
#: How long a mail belongs to the process that sends it. Longer than the slowest server is waited for.
CLAIM: Final = timedelta(minutes=10)


def next_attempt(attempts: int, now: datetime, useful_until: datetime | None) -> datetime | None:
    """When to try again after `attempts` failed ones; None: give it up, or it would come too late."""
    if attempts > len(BACK_OFF):
        return None
    due = now + BACK_OFF[attempts - 1]
    return None if useful_until is not None and due >= useful_until else due


def fits_in_a_header(value: str) -> bool:
    """Whether a mail's head may hold `value`: a line break or a hidden sign would let it add lines of its own."""
    return value.isprintable() and len(value) <= 500
