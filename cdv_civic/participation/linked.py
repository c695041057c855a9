"""Links as pages show them: each feature says how its own things are called, and where they are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from flask import Flask

from cdv_civic.core.db import TagName
from cdv_civic.core.localized import Words
from cdv_civic.core.registry import Registry
from cdv_civic.core.web.validity import ANY, also_shows
from cdv_civic.participation.cache_tags import links_tag
from cdv_civic.participation.queries import links_of
from cdv_civic.participation.rules.links import Thing, ThingKind
from cdv_civic.participation.wording import LINK_WORDS, THING_WORDS


@dataclass(frozen=True)
class NamedThing:
    """A thing that everybody may read, and where."""

    title: Words | str
    url: str
    #: What it is published under: where it changes, pages that name it do.
    tag: TagName


#: Things of one kind by id, in a language, within a request: those that everybody may read, in one statement.
NameThings: TypeAlias = Callable[[Sequence[int], str], Mapping[int, NamedThing]]

_NAMES: Final = Registry[NameThings]("linked_things")


@dataclass(frozen=True)
class ShownLink:
    """A link from the page of one of the two."""

    #: « Porte sur »
    words: Any
    #: « Consultation »
    kind: Any
    icon: str
    title: Words | str
    url: str


def register_things(app: Flask, kind: ThingKind, names: NameThings) -> None:
    """Declare how a feature names its own things; raises `RegisteredTwice`."""
    _NAMES.add(app, kind.value, names)


def shown_links(thing: Thing, language: str) -> list[ShownLink]:
    """What the page of a thing says of its links; 1 statement, and 1 for each kind of thing that is linked.

    What nobody may read (any more) is left out, and so is what no feature of this application has.
    """
    links = links_of(thing)
    named: dict[Thing, NamedThing] = {}
    for kind, names in _NAMES.entries().items():
        ids = [link.other.id for link in links if link.other.kind == kind]
        if ids:
            found = names(ids, language)
            named.update({Thing(ThingKind(kind), number): each for number, each in found.items()})
    # What is not public yet may become so under a tag that nobody knows here.
    also_shows(links_tag(thing), *(named[link.other].tag if link.other in named else ANY for link in links))
    return [
        ShownLink(
            LINK_WORDS[link.kind][0 if link.forward else 1],
            THING_WORDS[link.other.kind].label,
            THING_WORDS[link.other.kind].icon,
            named[link.other].title,
            named[link.other].url,
        )
        for link in links
        if link.other in named
    ]
