"""Words and phrases of a list, found in a text by its words: what it costs follows the text, not the list."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from cdv_civic.moderation.rules.detectors.seen_text import SeenText, TextSpan, seen_text

#: Words of one phrase.
MOST_WORDS: Final = 8


class ListedWord(NamedTuple):
    """A word or phrase that a territory asks to look at."""

    id: int
    #: The tag of its language.
    lang: str
    #: As `key_of` gives it.
    folded: str


class FoundPhrase(NamedTuple):
    """A phrase of the list in a text."""

    span: TextSpan
    id: int


@dataclass
class _Node:
    """What may come after some words, and the phrases that end with them."""

    then: "dict[str, _Node]" = field(default_factory=dict)
    ends: list[ListedWord] = field(default_factory=list)


class WordIndex:
    """A list made ready: each word leads to what may follow it. Whole words alone are found, as they are folded."""

    def __init__(self, listed: Iterable[ListedWord]) -> None:
        self._root = _Node()
        for each in listed:
            node = self._root
            for word in each.folded.split(" ", MOST_WORDS):
                node = node.then.setdefault(word, _Node())
            node.ends.append(each)

    def find(self, seen: SeenText, langs: Collection[str] | None = None) -> Iterator[FoundPhrase]:
        """The phrases of some languages (None: of all) in a text, in its order, the longest where several begin.

        Each word of the text is looked at `MOST_WORDS` times at most.
        """
        words = list(seen.words())
        place = 0
        while place < len(words):
            node: _Node | None = self._root
            best: tuple[int, ListedWord] | None = None
            for ahead in range(place, min(place + MOST_WORDS, len(words))):
                node = node.then.get(words[ahead].folded) if node else None
                if node is None:
                    break
                meant = next((each for each in node.ends if langs is None or each.lang in langs), None)
                if meant is not None:
                    best = ahead + 1, meant
            if best is None:
                place += 1
                continue
            yield FoundPhrase(seen.span(words[place].start, words[best[0] - 1].end), best[1].id)
            place = best[0]


def key_of(words: str) -> str:
    """A word or phrase as it is looked for, its words parted by one space; empty: it holds no letter, no digit.

    For letters of our languages what `core.text_folding.fold` gives; what imitates them gives the same.
    """
    return " ".join(word.folded for word in seen_text(words).words())
