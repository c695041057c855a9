"""Number plates, and where somebody lives: numbers of streets, buildings and flats. Linear in the text."""

import re
from collections.abc import Iterator
from typing import Final

from cdv_civic.core.text_folding import fold
from cdv_civic.moderation.rules.detectors.seen_text import SeenText, TextSpan

_LETTERS: Final = "[A-HJ-NP-TV-Z]"
#: Since 2009: AA-123-AA.
_PLATE: Final = re.compile(
    rf"(?<![\w-])(?P<left>{_LETTERS}{{2}})(?P<first>[ -]?)\d{{3}}(?P<second>[ -]?)(?P<right>{_LETTERS}{{2}})(?![\w-])",
    re.IGNORECASE,
)
#: Before: 1234 AB 75.
_OLD_PLATE: Final = re.compile(
    r"(?<![\w,.-])\d{2,4}[ -]?(?P<middle>[A-HJ-NP-TV-Z]{2,3})[ -]?(?:0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-6])(?![\w,-])"
)
#: Words and units in capitals, which are no letters of a plate.
_NO_LETTERS: Final = frozenset(
    {
        *(
            "DE",
            "DES",
            "LE",
            "LES",
            "LA",
            "CE",
            "CES",
            "ET",
            "EN",
            "SA",
            "SE",
            "SES",
            "MA",
            "MES",
            "TA",
            "TE",
            "TES",
        ),
        *(
            "NE",
            "PAR",
            "PAS",
            "EST",
            "ANS",
            "MM",
            "CM",
            "DM",
            "KM",
            "HA",
            "KG",
            "MG",
            "GR",
            "DB",
            "KW",
            "MW",
            "MWH",
        ),
        *("KWH", "GB", "MB", "HT", "TTC", "LGT", "FR", "CAR", "PC", "NB", "NBR", "TER", "CDV"),
    }
)
_WAYS: Final = (
    "rue|avenue|av|bd|bld|blvd|boulevard|allee|impasse|chemin|quai|sentier|sente|venelle|ruelle|faubourg|fbg"
    "|residence"
)
#: These are a street only before its name.
_ALSO_ELSE: Final = (
    "place|square|cours|passage|route|voie|villa|cite|mail|esplanade|promenade|clos|hameau|lotissement"
)
_NUMBER: Final = r"(?<![\w,.])\d{1,4}(?: ?(?:bis|ter|quater|[a-d](?= |,)))?(?:,? {1,2}|, )"
_PARTS: Final = r"(?:(?:de la|de l'|des|du|de|d'|la|le|les) ?)?"
_NAME: Final = rf"(?: {{1,2}}{_PARTS}(?-i:[A-Z0-9])[\w'-]{{0,30}}){{1,4}}"
_STREET: Final = re.compile(
    rf"{_NUMBER}(?:(?:{_WAYS})\b\.?(?:{_NAME}| {{1,2}}[\w'-]{{1,30}}(?: {{1,2}}[\w'-]{{1,30}}){{0,2}})?"
    rf"|(?:{_ALSO_ELSE})\b{_NAME}"
    r"|(?:[\w'-]{1,30} ){1,3}(?:street|road|lane)\b"
    r"|(?:شارع|زنقة|نهج)(?: [\u0621-\u064a]{2,30}){0,3})"
    r"|(?<!\w)(?:شارع|زنقة|نهج)(?: [\u0621-\u064a]{2,30}){1,4}،? (?:رقم )?\d{1,4}(?!\w)",
    re.IGNORECASE,
)
_DWELLING: Final = (
    r"(?<!\w)(?:bat(?:iment)?|esc(?:alier)?|hall|appt?|apt|appart(?:ement)?|logement|porte|digicode|interphone)"
    r"(?:\.| ?no?\.?(?= ?\d)|(?= |\d))"
    r" ?(?:n[o°]\.? ?)?(?-i:[A-Z]?\d{1,4}[A-Za-z]?|[A-Z])(?!\w|'|-[a-z]| ?%)"
)
_HOME: Final = re.compile(rf"{_DWELLING}(?:[ ,]{{1,3}}{_DWELLING}){{0,4}}", re.IGNORECASE)


def plates(seen: SeenText) -> Iterator[TextSpan]:
    """French number plates."""
    for found in _PLATE.finditer(seen.plain):
        letters = found["left"] + found["right"]
        tied = found["first"] == found["second"] == "-"
        if not tied and (
            not letters.isupper()
            or found["first"] != found["second"]
            or {found["left"], found["right"]} & _NO_LETTERS
        ):
            continue
        yield seen.span(*found.span())
    for found in _OLD_PLATE.finditer(seen.plain):
        if found["middle"] not in _NO_LETTERS and not fold(found["middle"]).isdigit():
            yield seen.span(*found.span())


def street_numbers(seen: SeenText) -> Iterator[TextSpan]:
    """A number with its street; a building, a stair, a flat."""
    for pattern in (_STREET, _HOME):
        for found in pattern.finditer(seen.plain):
            yield seen.span(*found.span())
