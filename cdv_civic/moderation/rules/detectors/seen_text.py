"""A text as it is seen: what hides a number or a name from a program, and from no reader, is taken away.

Zero-width characters, marks of direction and fillers go; digits of any script are 0 to 9, full-width and mathematical
letters plain ones, letters of other scripts that look like Latin ones are these; what is written backwards under a
right-to-left override stands in the order in which it is read. Each character knows where it was typed.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from cdv_civic.core.pasted_text import UNSEEN, plain_character
from cdv_civic.core.text_folding import fold

#: Cyrillic and Greek letters that look like Latin ones; apostrophes.
_LOOKS_LIKE: Final = dict(
    zip(
        "АВЕЅЗКМНОРСТУХІЈԛаеорсухіјѕһԁցΑΒΕΖΗΙΚΜΝΟΡΤΥΧονι’‘ʼ′`",
        "ABES3KMHOPCTYXIJqaeopcyxijshdgABEZHIKMNOPTYXovi'''''",
        strict=True,
    )
)
_TATWEEL: Final = "\u0640"
_OVERRIDE: Final = "\u202e"
_END_OF_OVERRIDE: Final = re.compile("[\u202c\n]")
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
#: A sign that stands for a whole sentence stays one: a text of nothing else would be eighteen times as long.
_LONGEST_SEEN: Final = 6
_WORD: Final = re.compile(r"[^\W_]+")


class TextSpan(NamedTuple):
    """Characters of a text: from, and to (not included)."""

    start: int
    end: int


class Word(NamedTuple):
    """A folded word, and where it stands in `SeenText.plain`."""

    folded: str
    start: int
    end: int


@dataclass(frozen=True)
class SeenText:
    """`plain` is read by detectors; `places` says for each of its characters where it stands in `typed`."""

    typed: str
    plain: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> TextSpan:
        """Where some characters of `plain` (at least one) were typed, with the marks that stand on the last one."""
        places = self.places[start:end]
        last = max(places) + 1
        while last < len(self.typed) and unicodedata.combining(self.typed[last]):
            last += 1
        return TextSpan(min(places), last)

    def words(self) -> Iterator[Word]:
        """Its words, folded as `core.text_folding.fold` does."""
        for found in _WORD.finditer(self.plain):
            folded = fold(found[0]).replace(" ", "")
            if folded:
                yield Word(folded, found.start(), found.end())


@lru_cache(maxsize=8192)
def _seen(character: str) -> str:
    """What is seen of a character: nothing, itself, or what it looks like."""
    if character == "\n":
        return character
    if UNSEEN.match(character):
        return ""
    made = []
    decomposed = unicodedata.normalize("NFKD", plain_character(character))
    if len(decomposed) > _LONGEST_SEEN:
        return character
    for each in decomposed:
        if unicodedata.combining(each) or unicodedata.category(each) == "Me" or each == _TATWEEL:
            continue
        digit = unicodedata.digit(each, None)
        made.append(_LOOKS_LIKE.get(each, each) if digit is None else str(digit))
    return "".join(made)


def _as_read(typed: str) -> Iterator[int]:
    """The places of the characters in the order in which they are read."""
    place = 0
    while place < len(typed):
        if typed[place] != _OVERRIDE:
            yield place
            place += 1
            continue
        end = _END_OF_OVERRIDE.search(typed, place)
        last = end.start() if end else len(typed)
        under = range(place + 1, last)
        # Letters that are read from the right stand in their own order.
        own_order = any(unicodedata.bidirectional(typed[each]) in _RIGHT_TO_LEFT for each in under)
        yield from under if own_order else reversed(under)
        place = last


def seen_text(typed: str) -> SeenText:
    """A text as it is seen; linear in its length."""
    plain: list[str] = []
    places: list[int] = []
    for place in _as_read(typed):
        seen = _seen(typed[place])
        plain.append(seen)
        places.extend([place] * len(seen))
    return SeenText(typed, "".join(plain), places)
