"""How much of a list a page shows at once: the first few, and the rest folded."""

from collections.abc import Sequence
from typing import TypeVar

from flask import Flask

Item = TypeVar("Item")


def first_few(items: Sequence[Item], most: int) -> tuple[Sequence[Item], Sequence[Item]]:
    """The items that are shown, and those that are folded: never one alone, which would take no more room itself."""
    if len(items) <= most + 1:
        return items, ()
    return items[:most], items[most:]


def register(app: Flask) -> None:
    """Give templates the filter `first_few`."""
    app.jinja_env.filters["first_few"] = first_few
