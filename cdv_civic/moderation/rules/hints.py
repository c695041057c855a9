"""What in a text asks for a moderator's look. A hint is shown beside the text; it decides nothing."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Final

from cdv_civic.moderation.rules.detectors.addresses import plates, street_numbers
from cdv_civic.moderation.rules.detectors.contacts import emails, phones
from cdv_civic.moderation.rules.detectors.listed_words import WordIndex
from cdv_civic.moderation.rules.detectors.names import names
from cdv_civic.moderation.rules.detectors.near_duplicates import nearest
from cdv_civic.moderation.rules.detectors.seen_text import SeenText, TextSpan, seen_text


class HintKind(StrEnum):
    """What was seen."""

    PHONE = "telephone"
    EMAIL = "e_mail"
    NAME = "nom"
    PLATE = "plaque"
    #: Only where the theme is sensitive: who lives where must not be told.
    STREET_NUMBER = "numero_de_rue"
    #: A word of the territory's own list.
    PATTERN = "mot_signale"
    NEAR_DUPLICATE = "presque_pareil"


HINT_KINDS: Final = tuple(kind.value for kind in HintKind)
#: Characters of a text that are looked through: as many as a form takes, and a title.
LONGEST_READ: Final = 21_000
#: Hints of one kind, and of one text: where there are more, somebody reads the whole text anyway.
MOST_OF_A_KIND: Final = 10
MOST_HINTS: Final = 30


@dataclass(frozen=True)
class Hint:
    """Where in a text, and why. Characters of the text as typed: from, and to (not included)."""

    kind: HintKind
    start: int
    end: int
    #: The listed word that was found.
    pattern_id: int | None = None
    #: The text that says nearly the same.
    other_id: int | None = None


@dataclass(frozen=True)
class MarkedPart:
    """A piece of a text, and which of its hints stand on it, by their place in the list."""

    text: str
    hints: tuple[int, ...] = ()


@dataclass(frozen=True)
class Surroundings:
    """What a text is looked at beside."""

    #: Whether it is about something that could hurt somebody.
    sensitive: bool = False
    listed: WordIndex = field(default_factory=lambda: WordIndex(()))
    #: The languages of the list that are looked for; None: all.
    langs: Collection[str] | None = None
    #: Recent texts of the same place by id, the newest first.
    others: Mapping[int, str] = field(default_factory=dict)


_DETECTORS: Final[Mapping[HintKind, Callable[[SeenText], Iterator[TextSpan]]]] = {
    HintKind.PHONE: phones,
    HintKind.EMAIL: emails,
    HintKind.PLATE: plates,
    HintKind.NAME: names,
    HintKind.STREET_NUMBER: street_numbers,
}


def whole_text(title: str, words: str) -> str:
    """Words and their title as one text, which hints count the characters of.

    The words come first: a place in them is the same with a title and without.
    """
    return f"{words}\n{title}" if title else words


def start_of_title(words: str) -> int:
    """Where the title stands in `whole_text`."""
    return len(words) + 1


def find_hints(text: str, beside: Surroundings) -> tuple[Hint, ...]:
    """All that asks for a look, in the order of the text; what is found many times, `MOST_OF_A_KIND` times.

    Never raises. Linear in the first `LONGEST_READ` characters of the text, whatever the length of the list.
    """
    seen = seen_text(text[:LONGEST_READ])
    found: list[Hint] = []
    other = nearest(text, beside.others)
    if other is not None:
        found.append(Hint(HintKind.NEAR_DUPLICATE, 0, len(text), other_id=other))
    listed = sorted((each.span, each.id) for each in beside.listed.find(seen, beside.langs))
    found += [
        Hint(HintKind.PATTERN, *span, pattern_id=pattern_id) for span, pattern_id in listed[:MOST_OF_A_KIND]
    ]
    for kind, detector in _DETECTORS.items():
        if kind is HintKind.STREET_NUMBER and not beside.sensitive:
            continue
        found += [Hint(kind, *span) for span in sorted(detector(seen))[:MOST_OF_A_KIND]]
    return tuple(sorted(found[:MOST_HINTS], key=lambda each: (each.start, each.end, each.kind)))


def marked(text: str, hints: Sequence[Hint], start: int = 0) -> tuple[MarkedPart, ...]:
    """A text in parts, each with the hints that stand on all of it; together they are the text.

    `start`: where the text begins in that which the hints count the characters of. What is said of the whole text
    marks nothing, and neither does what lies outside of it.
    """
    spans = [
        (number, max(0, each.start - start), min(len(text), each.end - start))
        for number, each in enumerate(hints)
        if each.kind is not HintKind.NEAR_DUPLICATE
    ]
    cuts = sorted({0, len(text), *(cut for _, first, last in spans if first < last for cut in (first, last))})
    return tuple(
        MarkedPart(
            text[first:last], tuple(number for number, begin, end in spans if begin <= first and last <= end)
        )
        for first, last in pairwise(cuts)
    )
