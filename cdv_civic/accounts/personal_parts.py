"""What the site holds about a person, gathered from the features that keep it: to see, to take away, to erase.

A feature says at start which part it keeps; « Mes données » shows all parts, the export writes them, and erasing an
account lets each part forget the person. What others rely on (an answer that was published) stays without the name.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Flask
from sqlalchemy.orm import Session

from cdv_civic.core.db import TagName, raise_tags
from cdv_civic.core.registry import Registry


@dataclass(frozen=True)
class PersonalPart:
    """One kind of data. `read` gives plain rows, `erase` runs in the transaction that erases the account.

    Rows hold text, numbers, booleans, days, moments and lists of these, under names that do not change: they are
    those of the export. When the parts are erased the account still holds its addresses; it is emptied after them.
    """

    #: Name of the part in the export, such as "voices".
    key: str
    #: What it is, for the person who reads it.
    label: Any
    read: Callable[[Session, int], Sequence[Mapping[str, object]]]
    erase: Callable[[Session, int], None]
    #: The cache tags of the public pages that say something of the person; None: there are none.
    tags: Callable[[Session, int], Iterable[TagName]] | None = None
    #: What each name of a row is called on « Mes données »; what has no word is in the export alone.
    words: Mapping[str, Any] = field(default_factory=dict)
    #: For names whose values are codes: each code in words.
    codes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: What stays, without the name, once the account is erased: a sentence. None: nothing stays.
    stays: Any = None


_PARTS: Final = Registry[PersonalPart]("personal_parts")


def register_part(app: Flask, part: PersonalPart) -> None:
    """Declare what a feature keeps about an account; raises `RegisteredTwice`."""
    _PARTS.add(app, part.key, part)


def raise_tags_of(session: Session, account_id: int) -> None:
    """Say that public pages which show a person change, within the caller's transaction."""
    for part in personal_parts():
        if part.tags is not None:
            raise_tags(session, *part.tags(session, account_id))


def personal_parts() -> Sequence[PersonalPart]:
    """All parts, in the order in which the features were registered."""
    return tuple(_PARTS.entries().values())
