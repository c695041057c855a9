"""What may be said of a service that helps in other languages. Pure: no database, no web."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol, TypeVar

LONGEST_SERVICE: Final = 120
LONGEST_WHAT: Final = 300
LONGEST_PLACE: Final = 200
LONGEST_HOURS: Final = 200
LONGEST_PHONE: Final = 25
#: Services of one contract that are shown at once.
MOST: Final = 100
_PHONE: Final = re.compile(r"\+?[0-9](?: ?[0-9]){1,19}")


class HelpKind(StrEnum):
    """How a service helps."""

    INTERPRETER = "interpreter"  #: on site
    INTERPRETER_BY_PHONE = "interpreter_by_phone"
    PUBLIC_WRITER = "public_writer"  #: écrivain public
    COUNTER = "counter"  #: its staff speaks the language


class Wrong(StrEnum):
    """What is wrong with what was typed; the value is the field."""

    SERVICE = "service"
    SPOKEN = "spoken"
    PLACE = "place"  #: too long
    PHONE = "phone"
    NOWHERE = "nowhere"  #: neither a place nor a number: nobody could go there


@dataclass(frozen=True, slots=True)
class Reachable:
    """What is typed once for all languages."""

    service: str
    spoken: tuple[str, ...]
    place: str
    phone: str


def wrongs_with(said: Reachable, known: Iterable[str]) -> list[Wrong]:
    """All that is wrong; `known`: the languages that can be ticked."""
    checks = {
        Wrong.SERVICE: not 0 < len(said.service) <= LONGEST_SERVICE,
        Wrong.SPOKEN: not said.spoken or not set(said.spoken) <= set(known),
        Wrong.PLACE: len(said.place) > LONGEST_PLACE,
        Wrong.PHONE: bool(said.phone) and not _PHONE.fullmatch(said.phone),
        Wrong.NOWHERE: not (said.place or said.phone),
    }
    return [wrong for wrong, found in checks.items() if found]


class _Speaks(Protocol):
    @property
    def spoken(self) -> tuple[str, ...]: ...


Service = TypeVar("Service", bound=_Speaks)


def readers_first(services: Sequence[Service], language: str) -> list[Service]:
    """The services, those that speak the reader's language first, and otherwise as they came."""
    return sorted(services, key=lambda each: language not in each.spoken)
