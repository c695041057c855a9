"""What the site holds about a person, gathered from the features that keep it: to see, to take away, to erase.

A feature says at start which part it keeps; « Mes données » shows all parts, the export writes them, and erasing an
account lets each part forget the person. What others rely on (an answer that was published) stays without the name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class PersonalPart:
    """One kind of data. `read` gives plain rows (JSON), `erase` runs in the transaction that erases the account."""

    #: Name of the part in the export, such as "voices".
    key: str
    #: What it is, for the person who reads it.
    label: Any
    read: Callable[[Session, int], Sequence[Mapping[str, object]]]
    erase: Callable[[Session, int], None]


def register_part(app: Flask, part: PersonalPart) -> None:
    """Declare what a feature keeps about an account."""
    app.extensions.setdefault("personal_parts", {})[part.key] = part


def parts() -> Sequence[PersonalPart]:
    """All parts, in the order in which the features were registered."""
    return tuple(current_app.extensions.get("personal_parts", {}).values())
