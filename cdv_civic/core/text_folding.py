"""Folding of text for search: what people type and what documents say meet in one plain form.

Accents, case, ligatures, apostrophes and hyphens are forgiven in French and English; vowel signs,
the forms of alef, ta marbuta and alef maqsura in Arabic (and its article « ال »).
"""

import re
import unicodedata
from typing import Final

_ARABIC: Final = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ة": "ه", "ى": "ي", "ؤ": "و", "ئ": "ي", "ـ": None}
)
_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae"})
_WORD: Final = re.compile(r"[^\W_]+")
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


def fold(text: str) -> str:
    """The plain form of `text`: lower case, no marks, words parted by one space."""
    # Letters of mathematics and the like are plain letters only once they are decomposed.
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_LIGATURES)
    decomposed = unicodedata.normalize("NFKD", folded)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(bare.translate(_ARABIC)))


def stem(word: str) -> str:
    """A folded word without its plural ending or Arabic article; short words stay as they are."""
    if "\u0600" <= word[0] <= "\u06ff":
        return word[2:] if word.startswith("ال") and len(word) > 4 else word
    if len(word) > 4 and word.endswith("aux"):
        return word[:-2]
    if len(word) > 3 and word[-1] in "sx":
        return word[:-1]
    return word


def search_words(text: str, *, most: int = 8) -> list[str]:
    """The stems to look for, small words left out unless there is nothing else; at most `most`."""
    words = fold(text).split()
    telling = [word for word in words if word not in _SMALL_WORDS] or words
    return list(dict.fromkeys(stem(word) for word in telling))[:most]


def search_document(*texts: str | None) -> str:
    """What the search index keeps of some texts: their stems, in order."""
    return " ".join(stem(word) for text in texts if text for word in fold(text).split())
