"""What can be followed, and who knows its news and its dates: registries that features fill at start.

A kind (a quartier, a commitment) has pages somewhere above; who tells of it may be somebody else: news of a quartier
come from commitments and from bodies.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask import Flask
from sqlalchemy.orm import Session

from cdv_civic.core.db import TagName
from cdv_civic.core.localized import Words
from cdv_civic.core.registry import RegisteredTwice, Registry
from cdv_civic.notices.follows.rules import Thing

#: The kind of quartiers, which those who tell of them and those who chose one name alike.
QUARTIER: Final = "quartier"

#: The name of an endpoint, and what it takes beside the language.
Address = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Target:
    """One thing that can be followed, as pages show it."""

    id: int
    name: Words
    #: What stands for it in addresses.
    reference: str
    page: Address
    #: What it and its news are published under: where that changes, its feed does.
    tag: TagName
    #: Its dates for a calendar program (.ics), where it has any.
    calendar: Address | None = None


@dataclass(frozen=True)
class FollowKind:
    """A kind of things that can be followed."""

    name: str
    #: Its word in addresses.
    path: str
    #: Several of them: « Les quartiers ».
    label: Any
    icon: str
    #: The id of what a reference stands for, where anybody may see it; None otherwise. 1 statement.
    find: Callable[[str], int | None]
    #: Those of some ids that anybody may see, in a language. 1 statement.
    describe: Callable[[Collection[int], str], Mapping[int, Target]]


@dataclass(frozen=True)
class NewsEvent:
    """Something public that happened to followed things. It holds no words of residents."""

    #: What tells it from all others, such as "progress:12".
    key: str
    at: datetime
    things: frozenset[Thing]
    #: What it happened to, by its own name.
    title: Words
    #: What happened, in the reader's language.
    said: str
    page: Address
    #: The sentence that was published about it, where there is one.
    sentence: Words | None = None


#: What happened to some things (ids by kind) between two moments, the first excluded; what is not public any more is
#: left out. In a language, which gettext speaks too; the newest first, so many at most where that is given.
#: As many statements for all things as for one.
NewsProvider = Callable[
    [Mapping[str, Collection[int]], datetime, datetime, str, int | None], Sequence[NewsEvent]
]


@dataclass(frozen=True)
class DateEvent:
    """A date of followed things, to be reminded of."""

    #: What, when and where, in four parts: "meeting:12:2026-12-10T17:30:1f0c22ab". Another hour or place makes it
    #: another one.
    about: str
    things: frozenset[Thing]
    starts_at: datetime
    day: date
    title: Words
    #: When and where, in the reader's language.
    said: str
    page: Address
    #: Whether people meet then; else something opens, ends or is due.
    meets: bool = True


@dataclass(frozen=True)
class DateProvider:
    """Who knows dates of followed things."""

    #: What `DateEvent.about` begins with.
    prefix: str
    #: The dates of some things (ids by kind) on the days from the first (included) to the second (excluded), none that
    #: is cancelled, in a language. As many statements for all things as for one.
    dates: Callable[[Mapping[str, Collection[int]], date, date, str], Sequence[DateEvent]]
    #: Whether a date is still held, asked within the transaction that writes the reminder: it locks what says so, and
    #: whoever cancels waits. 2 statements at most.
    still_held: Callable[[Session, str], bool]
    #: A date by its name, held or not, with what has become of it, in a language; None: it is past. 1 statement.
    named: Callable[[str, str], DateEvent | None]


_KINDS: Final = Registry[FollowKind]("follow_kinds")
_NEWS: Final = Registry[NewsProvider]("news_providers")
_DATES: Final = Registry[DateProvider]("date_providers")


def register_kind(app: Flask, kind: FollowKind) -> None:
    """Let a kind of things be followed; raises `RegisteredTwice`."""
    with app.app_context():
        if any(other.path == kind.path for other in _KINDS.entries().values()):
            raise RegisteredTwice("follow_kinds", f"the path {kind.path!r}")
    _KINDS.add(app, kind.name, kind)


def register_news(app: Flask, name: str, provider: NewsProvider) -> None:
    """Declare who knows news of followed things; raises `RegisteredTwice`."""
    _NEWS.add(app, name, provider)


def register_dates(app: Flask, provider: DateProvider) -> None:
    """Declare who knows dates of followed things; raises `RegisteredTwice`."""
    _DATES.add(app, provider.prefix, provider)


def kinds() -> Sequence[FollowKind]:
    """All kinds, in the order in which the features were registered."""
    return tuple(_KINDS.entries().values())


def kind_named(name: str) -> FollowKind | None:
    """A kind by its name."""
    return _KINDS.entries().get(name)


def kind_at(path: str) -> FollowKind | None:
    """A kind by its word in addresses."""
    return next((kind for kind in kinds() if kind.path == path), None)


def news(
    things: Mapping[str, Collection[int]],
    since: datetime,
    until: datetime,
    language: str,
    newest: int | None = None,
) -> list[NewsEvent]:
    """What happened to some things between two moments (the first excluded), the newest first.

    `newest`: so many at most. Gettext must speak `language`. The statements of each provider.
    """
    found = [
        event
        for provider in _NEWS.entries().values()
        for event in provider(things, since, until, language, newest)
    ]
    found.sort(key=lambda event: (event.at, event.key), reverse=True)
    return found[:newest] if newest is not None else found


def dates(things: Mapping[str, Collection[int]], since: date, before: date, language: str) -> list[DateEvent]:
    """The dates of some things, the earliest first. The statements of each provider."""
    found = [
        event
        for provider in _DATES.entries().values()
        for event in provider.dates(things, since, before, language)
    ]
    return sorted(found, key=lambda event: (event.starts_at, event.about))


def still_held(session: Session, about: str) -> bool:
    """Whether a date is still held; locks what says so. See `DateProvider.still_held`."""
    return _provider_of(about).still_held(session, about)


def date_named(about: str, language: str) -> DateEvent | None:
    """A date by its name. See `DateProvider.named`; gettext must speak `language`."""
    return _provider_of(about).named(about, language)


def _provider_of(about: str) -> DateProvider:
    return _DATES.entries()[about.partition(":")[0]]
