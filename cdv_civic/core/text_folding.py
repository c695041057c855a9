"""Folding of text: what people type and what documents say meet in one plain form.

Accents, case, ligatures, apostrophes and hyphens are forgiven in French and English; vowel signs and the forms of alef,
ta marbuta and alef maqsura in Arabic. `core.stemming` goes on from there.
"""

import hashlib
import re
import unicodedata
from typing import Final

_ARABIC: Final = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ة": "ه", "ى": "ي", "ؤ": "و", "ئ": "ي", "ـ": None}
)
#: Letters that no decomposition makes plain.
_LETTERS: Final = str.maketrans({"œ": "oe", "æ": "ae", "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h"})
_WORD: Final = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """The plain form of `text`: lower case, no marks, words parted by one space."""
    # Letters of mathematics and the like are plain letters only once they are decomposed.
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    decomposed = unicodedata.normalize("NFKD", folded)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(bare.translate(_ARABIC)))


def same_words(*texts: str) -> str:
    """What tells that texts say the same, but for case, accents and what stands between words: SHA-256, in hexadecimal.

    A text without a letter or a digit (« 👍 ») is the same as itself alone.
    """
    return hashlib.sha256("\0".join(fold(text) or text for text in texts).encode()).hexdigest()
