"""Ways in that an account has: what must be left of them when one is taken away.

The e-mail address and the telephone number stand in the account itself; a feature that keeps another way (a card, a
sign-in by another site) says at start how it is counted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask
from sqlalchemy.orm import Session

from cdv_civic.core.registry import Registry


@dataclass(frozen=True)
class OtherWay:
    """A way in that another table keeps. `count` says how many an account can use today."""

    #: Such as "card".
    key: str
    #: What it is, for the person whose it is: « Carte d’accès ».
    label: Any
    icon: str
    count: Callable[[Session, int], int]
    #: Endpoint of the page about it in one's own space, and what leads there; empty: there is none.
    endpoint: str = ""
    link: Any = ""


_WAYS: Final = Registry[OtherWay]("other_ways_in")


def register_way(app: Flask, way: OtherWay) -> None:
    """Declare a way in that a feature keeps; raises `RegisteredTwice`."""
    _WAYS.add(app, way.key, way)


def other_ways(session: Session, account_id: int) -> Mapping[OtherWay, int]:
    """How many of each other way an account can use today; a statement for each kind."""
    return {way: way.count(session, account_id) for way in _WAYS.entries().values()}
