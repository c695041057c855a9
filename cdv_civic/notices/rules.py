"""The states of a message, when it is tried again, and what its head may hold."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

#: Waits after the first, second… attempt that failed. After the last one the message is given up.
BACK_OFF: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
#: The same for what somebody waits for at a sign-in page.
URGENT_BACK_OFF: Final = (
    timedelta(seconds=15),
    timedelta(seconds=30),
    timedelta(minutes=1),
    timedelta(minutes=3),
    timedelta(minutes=10),
)
#: The share of a wait that chance may take off, so that what failed together does not come back together.
JITTER: Final = 0.2
#: A link or a code that is useful no longer than this is waited for by somebody.
URGENT_WITHIN: Final = timedelta(hours=1)
#: How long after an attempt whose outcome is unknown a letter is repeated: time for a server to be seen to.
REPEAT_AFTER: Final = timedelta(minutes=30)
#: No message is put off for longer: a later moment was written by a clock that was wrong.
LONGEST_WAIT: Final = max(BACK_OFF) + timedelta(hours=1)
#: An attempt that takes longer has died, whatever is said of it: all that RFC 5321 lets a server take is less.
LONGEST_ATTEMPT: Final = timedelta(hours=1)


class NoticeState(StrEnum):
    """Where a message is. Only waiting ones and, once, letters of an unknown fate are tried."""

    WAITING = "waiting"
    CLAIMED = "claimed"  #: a sender speaks to the server, and has not handed it over
    SENDING = "sending"  #: a sender is handing it over: should it die, nobody knows whether the server has it
    SENT = "sent"  #: the server said that it has it
    UNKNOWN = "unknown"  #: it may have left
    FAILED = "failed"  #: it was given up
    HELD = "held"  #: somebody must look at it first, as after a restore: it leaves only once it was released


#: States of a message that is not over; an unknown one is among them only while it waits to be repeated.
OPEN: Final = (NoticeState.WAITING, NoticeState.CLAIMED, NoticeState.SENDING, NoticeState.UNKNOWN)


def is_urgent(now: datetime, useful_until: datetime | None) -> bool:
    """Whether somebody waits for a message written now: it holds a link or a code that ends soon."""
    return useful_until is not None and useful_until - now <= URGENT_WITHIN


def next_attempt(
    attempts: int, now: datetime, useful_until: datetime | None, *, urgent: bool = False, chance: float = 0.0
) -> datetime | None:
    """When to try again after `attempts` failed ones; None: give it up, or it would come too late.

    `chance`, from 0 to 1, takes up to `JITTER` off the wait.
    """
    waits = URGENT_BACK_OFF if urgent else BACK_OFF
    if attempts > len(waits):
        return None
    due = now + waits[attempts - 1] * (1 - JITTER * chance)
    return None if useful_until is not None and due >= useful_until else due


def repeat_at(
    unknown_attempts: int, now: datetime, useful_until: datetime | None, *, urgent: bool
) -> datetime | None:
    """When to repeat a message whose last attempt, the `unknown_attempts`th such one, has an unknown outcome.

    None: never. Who waits for a link or a code asks for another one; a letter is repeated once, under the same
    Message-ID, by which servers know a twin.
    """
    due = now + REPEAT_AFTER
    if urgent or unknown_attempts > 1 or (useful_until is not None and due >= useful_until):
        return None
    return due


def is_long(since: datetime, now: datetime, minutes: int) -> bool:
    """Whether something has gone on for so many minutes that somebody should look after it."""
    return now - since >= timedelta(minutes=minutes)


#: Spaces that no line breaks at: French writes « 2 591 » with one, and Python calls them unprintable.
_SPACES_OF_NUMBERS: Final = str.maketrans("\u00a0\u202f", "  ")


def fits_in_a_header(value: str) -> bool:
    """Whether a mail's head may hold `value`: a line break or a hidden character would let it add lines of its own."""
    return value.translate(_SPACES_OF_NUMBERS).isprintable() and len(value) <= 500
