"""Where residents ask about a commitment: a higher feature, which hears them, says where.

register_addressees(app, "voices", where_to_ask)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from flask import Flask

from cdv_civic.core.registry import Registry


@dataclass(frozen=True)
class AskedAbout:
    """A commitment, and the parts of its address."""

    id: int
    contract: str
    code: str


#: The page where one asks about a commitment now, within a request; None: nobody listens there. It says until when
#: that is so (`core.web.validity`).
WhereToAsk: TypeAlias = Callable[[AskedAbout], str | None]

_ADDRESSEES: Final = Registry[WhereToAsk]("commitment_addressees")


def register_addressees(app: Flask, name: str, where: WhereToAsk) -> None:
    """Declare where a feature hears residents; raises `RegisteredTwice`."""
    _ADDRESSEES.add(app, name, where)


def where_to_ask(about: AskedAbout) -> str | None:
    """The first page where somebody listens; None: nowhere. What the features cost, in statements."""
    urls = (where(about) for where in _ADDRESSEES.entries().values())
    return next((url for url in urls if url is not None), None)
