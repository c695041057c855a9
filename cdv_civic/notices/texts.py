"""Text messages (SMS): what fits into one, and how a name is written where letters are few."""

import re
import unicodedata
from typing import Final

#: The alphabet of GSM 03.38; the signs of the second row take the room of two.
_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE: Final = frozenset("^{}\\[~]|€\f")
_GSM_ROOM: Final = 160
_UNICODE_ROOM: Final = 70
#: Signs that are written otherwise on purpose, before accents are dropped.
_INSIDE_QUOTES: Final = re.compile(r"(?<=«)\s+|\s+(?=»)")
_LAST_LATIN: Final = 0x24F
_PLAIN: Final = str.maketrans(
    {"’": "'", "‘": "'", "«": '"', "»": '"', "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "œ": "oe"}
    | {"Œ": "OE", "\u00a0": " ", "\u202f": " "}
)


def is_gsm(text: str) -> bool:
    """Whether all signs are of the alphabet in which 160 fit."""
    return all(sign in _GSM or sign in _GSM_DOUBLE for sign in text)


def fits(text: str) -> bool:
    """Whether it leaves as one message: 160 signs of the small alphabet, 70 of any other."""
    if is_gsm(text):
        return sum(2 if sign in _GSM_DOUBLE else 1 for sign in text) <= _GSM_ROOM
    return len(text.encode("utf-16-le")) // 2 <= _UNICODE_ROOM


def plainly(text: str) -> str:
    """Without the accents and signs that would more than halve the room: « Forêt » is "Foret", é and è stay.

    Text of another alphabet stays as it is: it has the smaller room anyway.
    """
    text = _INSIDE_QUOTES.sub("", text).translate(_PLAIN)
    if any(sign.isalpha() and ord(sign) > _LAST_LATIN and sign not in _GSM for sign in text):
        return text
    return "".join(
        sign
        if sign in _GSM or sign in _GSM_DOUBLE
        else "".join(part for part in unicodedata.normalize("NFKD", sign) if part in _GSM)
        for sign in text
    )
