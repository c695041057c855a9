"""Stems of folded words (`core.text_folding`): the terms of the search index, and of what is asked of it.

One and many share a stem in French and English; an Arabic word is found with and without its article, and what Arabic
writes onto the front of a word.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cdv_civic.core.text_folding import fold

#: Raise it where `index_terms` gives other stems, or where other texts are indexed: what was indexed before is then
#: indexed anew.
STEMS_VERSION: Final = 3
#: A shorter stem is looked for whole: « jeu » of « jeux », « bal » of « bail » begin too many other words.
_SMALLEST_BEGINNING: Final = 5
#: Endings of one word and of many, the longest first, and the one that stands for all of them.
_PLURALS: Final = (
    (("eaux",), "eau"),
    (("eau",), "eau"),
    (("aux", "aus", "ails", "als", "ail", "al", "au"), "al"),
    (("ies", "ie", "ys", "y"), "i"),
)
#: What Arabic writes onto the front of a word: the article with what stands before it, then single letters.
_ARTICLES: Final = ("وال", "فال", "بال", "كال", "ولل", "فلل", "لل", "ال")
_PARTICLES: Final = ("و", "ف", "ب", "ك", "ل")
#: Folded words that tell nothing, by language. Arabic writes its own onto the word that follows.
SMALL_WORDS: Final = {
    "fr": frozenset(
        {
            "a",
            "au",
            "aux",
            "d",
            "de",
            "des",
            "du",
            "en",
            "et",
            "l",
            "la",
            "le",
            "les",
            "ou",
            "par",
            "pour",
            "s",
        }
        | {"sur", "un", "une"}
    ),
    "en": frozenset({"the", "of", "and", "to", "in", "for"}),
    "ar": frozenset[str](),
}
_SMALL_WORDS: Final = frozenset[str]().union(*SMALL_WORDS.values())


def _is_arabic(word: str) -> bool:
    return "\u0600" <= word[0] <= "\u06ff"


def stem(word: str) -> str:
    """A folded word without its plural ending or Arabic article; short words stay as they are.

    « Local » and « locaux », « travail » and « travaux », « noyau » and « noyaux », « activity » and « activities »
    share theirs; « réseaux » has that of « réseau ».
    """
    if _is_arabic(word):
        return next((bare for bare in _bare(word, _ARTICLES)), word)
    for endings, shared in _PLURALS:
        for ending in endings:
            if word.endswith(ending) and len(word) > len(ending):
                return word[: -len(ending)] + shared
    if len(word) > 3 and word[-1] in "sx":
        return word[:-1]
    return word


def _bare(word: str, beginnings: tuple[str, ...]) -> Iterator[str]:
    """An Arabic word without what is written onto its front; three letters at least are left of it."""
    for beginning in beginnings:
        if word.startswith(beginning) and len(word) >= len(beginning) + 3:
            yield word[len(beginning) :]


def index_terms(word: str) -> tuple[str, ...]:
    """The stems under which the search index keeps a folded word.

    An Arabic one has several: whether « و » at its front is a letter or a word of its own, no rule tells.
    """
    if not _is_arabic(word):
        return (stem(word),)
    bare = (stem(word), *_bare(word, _ARTICLES), *_bare(word, _PARTICLES))
    return tuple(dict.fromkeys((word, *bare)))


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """What the index is asked for: a stem, or (`exact` is false) all that begin so, for words may be unfinished."""

    text: str
    exact: bool

    def matches(self, indexed: str) -> bool:
        """Whether a stem of the index answers."""
        return indexed == self.text if self.exact else indexed.startswith(self.text)


def _query_terms(word: str) -> tuple[QueryTerm, ...]:
    """What finds a folded word; one of them is enough."""
    beginnings = {word: False}
    for each in index_terms(word):
        beginnings.setdefault(each, len(each) < _SMALLEST_BEGINNING)
    return tuple(QueryTerm(text, exact) for text, exact in beginnings.items())


def search_words(text: str, *, most: int = 8) -> list[tuple[QueryTerm, ...]]:
    """The words to look for, each by stems of which one is enough; small words are left out unless there is nothing
    else; at most `most`."""
    words = fold(text).split()
    telling = [word for word in words if word not in _SMALL_WORDS] or words
    return [_query_terms(word) for word in dict.fromkeys(telling)][:most]


def search_document(*texts: str | None) -> str:
    """What the search index keeps of some texts: their stems, in order."""
    return " ".join(
        each for text in texts if text for word in fold(text).split() for each in index_terms(word)
    )


def holds(document: str, typed: str) -> bool:
    """Whether a document of the index answers all that was typed; true where that is nothing."""
    indexed = document.split()
    return all(any(term.matches(each) for term in terms for each in indexed) for terms in search_words(typed))
