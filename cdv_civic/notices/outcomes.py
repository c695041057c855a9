"""How the attempt to hand a message over ended."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

#: Asked just before a server could take the message: from a true answer on, nobody knows until the server speaks.
#: False: the message is not ours any more, and must not be handed over.
HandOver = Callable[[], bool]

#: Why a message that waited did not leave, where nobody need do anything: what it announced is not so any more, its
#: reader refused what it is about, has lost the role that it is for, has closed the account or left the address.
WITHDRAWN: Final = "Withdrawn"
REFUSED_TOPIC: Final = "RefusedTopic"
NO_ACCOUNT: Final = "NoAccount"
NOT_THEIRS: Final = "NotTheirs"
AS_MEANT: Final = (WITHDRAWN, REFUSED_TOPIC, NO_ACCOUNT, NOT_THEIRS)


@dataclass(frozen=True)
class Taken:
    """The server said that it has the message."""


@dataclass(frozen=True)
class Refused:
    """It did not leave, for certain. `error` holds no word of the server: they may name people."""

    error: str
    for_good: bool = False  #: the server will never take it
    by_recipient: bool = False  #: it is about this recipient: other messages may leave all the same


@dataclass(frozen=True)
class Unknown:
    """The server may have it: the connection ended, or time did, between the last byte and the answer."""

    error: str


@dataclass(frozen=True)
class Withdrawn:
    """It was not ours any more when it could have been handed over."""


Outcome = Taken | Refused | Unknown | Withdrawn


def name_of(error: Exception) -> str:
    """The kind of an error and the server's number, as lists show it."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if isinstance(code, int) else type(error).__name__
