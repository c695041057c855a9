"""Pure decisions about links and codes."""

import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from cdv_civic.accounts.rules import Way
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l

CODE_WAYS: Final = (Way.EMAIL.value, Way.SMS.value)
LASTS: Final = timedelta(minutes=30)
#: Wrong codes that a row stands; then another is asked for.
MOST_TRIES: Final = 5
DIGITS: Final = 6
#: Signs that people put between digits, or that come along when they copy.
_BETWEEN: Final = frozenset(
    " \t\u00a0\u202f\u2007\u2009-‐‑–.\u200b\u200e\u200f\u202a\u202c\u2066\u2067\u2068\u2069"
)


class BadCode(DomainError):
    """Not a code, or not this one."""

    def __init__(self, sentence: object) -> None:
        super().__init__(sentence, field="code")


def read_code(typed: str) -> str:
    """The six digits that somebody typed: with spaces, in Arabic digits, as they like; raises `BadCode`."""
    digits = "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
        for sign in typed[:200]
        if sign not in _BETWEEN
    )
    if len(typed) > 200 or len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        raise BadCode(_l("Le code a 6 chiffres. Écrivez-le comme dans le message."))
    return digits


def shown_code(code: str) -> str:
    """A code as it is read aloud: « 123 456 »."""
    return f"{code[:3]} {code[3:]}"


class State(StrEnum):
    """What a link or a code is good for."""

    WAITING = "waiting"
    USED = "used"
    EXPIRED = "expired"
    #: A newer message to the same address was asked for in the same browser.
    REPLACED = "replaced"
    #: Too many wrong codes; its link still works.
    BLOCKED = "blocked"


def state_of(
    *, used_at: datetime | None, expires_at: datetime, now: datetime, newest: bool = True, tries: int = 0
) -> State:
    """What a row of `SignInCode` is good for at a moment."""
    if used_at is not None:
        return State.USED
    if expires_at <= now:
        return State.EXPIRED
    if not newest:
        return State.REPLACED
    return State.BLOCKED if tries >= MOST_TRIES else State.WAITING
