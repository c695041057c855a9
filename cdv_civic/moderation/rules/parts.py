"""What stays of a text where a part of it is hidden: the author's own words, with a mark where some are gone."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

#: Stands where words were taken out.
CUT: Final = "[…]"
#: Characters of what stays: as many as a text has.
LONGEST_PART: Final = 20_000
#: As people type it.
_TYPED: Final = ("[...]", "[ … ]", "(…)", "(...)")


class TextPart(StrEnum):
    """Of what of a text something is hidden."""

    TITLE = "titre"
    WORDS = "mots"
    PHOTO = "photo"


@dataclass(frozen=True)
class ShownParts:
    """What everybody reads of a text instead of its own words and title (None: its own), and whether its photo is
    hidden.
    """

    words: str | None = None
    title: str | None = None
    without_photo: bool = False

    @property
    def hidden(self) -> tuple[TextPart, ...]:
        """Of what something is hidden; nothing: all of it is shown."""
        found = {
            TextPart.TITLE: self.title is not None,
            TextPart.WORDS: self.words is not None,
            TextPart.PHOTO: self.without_photo,
        }
        return tuple(part for part, is_hidden in found.items() if is_hidden)


def says_a_part(words: str | None, title: str | None, *, without_photo: bool | None) -> bool:
    """Whether anything is said of what stays of a text."""
    return bool((words or "").strip() or (title or "").strip() or without_photo)


def tidy(part: str) -> str:
    """What was typed, with each mark as pages show it."""
    for typed in _TYPED:
        part = part.replace(typed, CUT)
    return part


def is_part_of(part: str, words: str) -> bool:
    """Whether `part` holds words of the text only, in their order: a moderator takes away, and adds nothing.

    Spaces and ends of lines do not count.

    >>> is_part_of("Le parc […] la nuit.", "Le parc de M. Untel ferme la nuit.")
    True
    >>> is_part_of("Le parc est beau.", "Le parc ferme la nuit.")
    False
    """
    whole = " ".join(words.split())
    at = 0
    kept = [" ".join(piece.split()) for piece in part.split(CUT)]
    for piece in kept:
        found = whole.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return any(kept) and not is_whole(part, words)


def is_whole(part: str, words: str) -> bool:
    """Whether all of the text is there, so that nothing would be hidden.

    >>> is_whole("Le parc […] ferme.", "Le parc ferme.")
    True
    """
    return _letters(part) == _letters(words)


def _letters(words: str) -> str:
    return "".join(words.replace(CUT, "").split())
