"""The choice of residents among the groups of a box, as pages of ideas tell of it: whoever asks them says so here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from flask import Flask

from cdv_civic.core.localized import Words
from cdv_civic.core.registry import Registry
from cdv_civic.participation.rules.phases import Stage


@dataclass(frozen=True)
class GroupOutcome:
    """What came of a group, from published results alone."""

    #: 1: the first one; the same where two are equal; None: not published.
    rank: int | None
    #: In a sentence.
    said: Any


@dataclass(frozen=True)
class ShownChoice:
    """A choice that everybody sees."""

    title: Words
    url: str
    #: Who asks, as people read it.
    organiser: str
    opens_at: datetime
    closes_at: datetime
    #: Whether answers come in.
    stage: Stage
    #: Where its results are read, once they are published.
    results_url: str | None = None
    #: By group; none before its results are published.
    outcomes: Mapping[int, GroupOutcome] = field(default_factory=dict)
    #: By group: the part of the contract that was born of it.
    born_urls: Mapping[int, str] = field(default_factory=dict)

    @property
    def counted(self) -> bool:
        """Whether its results are published."""
        return self.results_url is not None


#: The choice among the groups of a box, by its id and a language; what it gives says its cache tags itself.
Provider = Callable[[int, str], ShownChoice | None]
_PROVIDERS: Final = Registry[Provider]("idea_choices")


def register_choices(app: Flask, provider: Provider) -> None:
    """Declare who asks residents to choose; raises `RegisteredTwice`."""
    _PROVIDERS.add(app, "choice", provider)


def choice_among_groups(box_id: int, language: str, *, opened: bool) -> ShownChoice | None:
    """The choice among the groups of a box, where it has one that was `opened`; no statement where it has none."""
    if not opened:
        return None
    return next((found for each in _PROVIDERS.entries().values() if (found := each(box_id, language))), None)
