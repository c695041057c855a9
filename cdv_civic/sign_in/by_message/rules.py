"""Pure decisions about links and codes."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from cdv_civic.accounts.rules import Way
from cdv_civic.core import pasted_text

CODE_WAYS: Final = (Way.EMAIL.value, Way.SMS.value)
LASTS: Final = timedelta(minutes=30)
#: Wrong codes that a row stands; then another is asked for.
MOST_TRIES: Final = 5
DIGITS: Final = 6


def read_code(typed: str) -> str | None:
    """The six digits that somebody typed or pasted, with the message around them if they like; None: no code."""
    return pasted_text.digits(typed, DIGITS)


def shown_code(code: str) -> str:
    """A code as it is read aloud: « 123 456 »."""
    return f"{code[:3]} {code[3:]}"


class CodeState(StrEnum):
    """What a link or a code is good for."""

    WAITING = "waiting"
    USED = "used"
    EXPIRED = "expired"
    #: A newer message to the same address was asked for in the same browser.
    REPLACED = "replaced"
    #: Too many wrong codes; its link still works.
    BLOCKED = "blocked"


def code_state(
    *, used_at: datetime | None, expires_at: datetime, now: datetime, newest: bool = True, tries: int = 0
) -> CodeState:
    """What a row of `SignInCode` is good for at a moment."""
    if used_at is not None:
        return CodeState.USED
    if expires_at <= now:
        return CodeState.EXPIRED
    if not newest:
        return CodeState.REPLACED
    return CodeState.BLOCKED if tries >= MOST_TRIES else CodeState.WAITING
