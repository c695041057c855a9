"""Text messages (SMS): what fits into one, and how a name is written where letters are few."""

import re
import unicodedata
from typing import Final

#: The alphabet of GSM 03.38; characters of the second set take the length of two.
_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE: Final = frozenset("^{}\\[~]|€\f")
_GSM_LENGTH: Final = 160
_UNICODE_LENGTH: Final = 70
#: Characters that are written otherwise on purpose, before accents are dropped.
_INSIDE_QUOTES: Final = re.compile(r"(?<=«)\s+|\s+(?=»)")
_LAST_LATIN: Final = 0x24F
_PLAIN: Final = str.maketrans(
    {"’": "'", "‘": "'", "«": '"', "»": '"', "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "œ": "oe"}
    | {"Œ": "OE", "\u00a0": " ", "\u202f": " "}
)


def is_gsm(text: str) -> bool:
    """Whether all characters are of the alphabet in which 160 fit."""
    return all(character in _GSM or character in _GSM_DOUBLE for character in text)


def fits(text: str) -> bool:
    """Whether it leaves as one message: 160 characters of the small alphabet, 70 of any other."""
    if is_gsm(text):
        return sum(2 if character in _GSM_DOUBLE else 1 for character in text) <= _GSM_LENGTH
    return len(text.encode("utf-16-le")) // 2 <= _UNICODE_LENGTH


def plainly(text: str) -> str:
    """Without the accents and characters that would more than halve the length: « Forêt » is "Foret", é and è stay.

    Text of another alphabet stays as it is: it has the smaller length anyway.
    """
    text = _INSIDE_QUOTES.sub("", text).translate(_PLAIN)
    if any(
        character.isalpha() and ord(character) > _LAST_LATIN and character not in _GSM for character in text
    ):
        return text
    return "".join(
        character
        if character in _GSM or character in _GSM_DOUBLE
        else "".join(plain for plain in unicodedata.normalize("NFKD", character) if plain in _GSM)
        for character in text
    )
