"""Whether a text says nearly the same, word by word, as another one of the same place."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from cdv_civic.moderation.rules.detectors.seen_text import seen_text

#: Other texts that one is compared with, the newest.
MOST_COMPARED: Final = 40
#: Characters of each that are compared: who sends one text fifty times begins it alike.
COMPARED: Final = 2000
#: Pairs of words that two texts share, of all that either has.
_ALIKE: Final = 0.7
#: Texts of fewer words are alike only when they are the same; of fewest, never: « oui, merci » is nobody's.
_FEW_WORDS: Final = 6
_FEWEST_WORDS: Final = 3


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.folded for word in seen_text(text[:COMPARED]).words())


def nearest(text: str, others: Mapping[int, str]) -> int | None:
    """The id of the text that is most alike, the first of several; None where none is.

    Linear in `COMPARED` characters of each of `MOST_COMPARED` texts at most; what comes after is left out.
    """
    words = _words(text)
    if len(words) < _FEWEST_WORDS:
        return None
    pairs = set(pairwise(words))
    best: tuple[float, int] | None = None
    for other_id, other in list(others.items())[:MOST_COMPARED]:
        other_words = _words(other)
        if min(len(words), len(other_words)) < _FEW_WORDS:
            alike = float(words == other_words)
        else:
            other_pairs = set(pairwise(other_words))
            alike = len(pairs & other_pairs) / len(pairs | other_pairs)
        if alike >= _ALIKE and (best is None or alike > best[0]):
            best = alike, other_id
    return best[1] if best else None
