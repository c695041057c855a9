"""What the search of the site finds beside commitments: a higher feature looks for it in its own list, and leads there.

register_also_found(app, "consultations", find)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from flask import Flask

from cdv_civic.core.registry import Registry


@dataclass(frozen=True)
class Sought:
    """What was typed, in which language the page is, and the places by slugs that it is looked for in."""

    typed: str
    language: str
    contract: str = ""
    commune: str = ""
    quartier: str = ""


@dataclass(frozen=True)
class AlsoFound:
    """How much was found, in a sentence, and the list of it."""

    sentence: str
    url: str
    icon: str


#: What a feature found, within a request, in 1 statement at most; None: nothing. It says what it shows and until when
#: that is right (`core.web.validity`).
FindAlso: TypeAlias = Callable[[Sought], AlsoFound | None]

_FINDERS: Final = Registry[FindAlso]("also_found")


def register_also_found(app: Flask, name: str, find: FindAlso) -> None:
    """Declare how a feature looks for words; raises `RegisteredTwice`."""
    _FINDERS.add(app, name, find)


def also_found(sought: Sought) -> list[AlsoFound]:
    """What the features found; 1 statement for each at most."""
    found = (find(sought) for find in _FINDERS.entries().values())
    return [each for each in found if each is not None]
