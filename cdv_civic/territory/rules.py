"""Decisions about places: what figures may be shown, which contract is over.

Pure: no database, no web.
"""

import re
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Final

from cdv_civic.core.text_folding import fold

#: The only lines of a quartier's sheet that public pages show. Nationality, family, poverty, work and
#: income of a small area can stigmatise the people who live there, or let a person be recognised.
_PUBLIC_FIGURES: Final = re.compile(r"part des (moins|plus) de \d\d ans")
#: « – fiche Lallier », « (Petit Bourg) »: whose sheet a line comes from, where a quartier has several.
_SHEET: Final = re.compile(r"\s*(?:[–-]\s*fiche\b.*|\([^)]*\))\s*$")
_PERCENT: Final = re.compile(r"^\s*(\d{1,3})(?:[.,](\d+))?\s*%\s*$")
_STATED: Final = re.compile(r"\s*(\d{1,3}(?:[ \u00a0\u202f]?\d{3})*) habitants\b")
_FILE_NAME: Final = re.compile(r"[^\s/\\]+\.[a-z0-9]{2,5}", re.IGNORECASE)
#: Shares that people say.
_SAID_SHARES: Final = tuple(
    sorted(
        {Fraction(part, whole) for whole in (2, 3, 4, 5, 10) for part in range(1, whole)}
        | {Fraction(1, whole) for whole in (6, 7, 8, 9)}
    )
)


def figure_name(name: str) -> str:
    """The name of a figure without the sheet it comes from."""
    return _SHEET.sub("", name).strip()


@lru_cache(maxsize=1024)
def figure_is_public(name: str) -> bool:
    """Whether a line of a quartier's sheet may be shown; what is not known to be harmless is not."""
    return _PUBLIC_FIGURES.fullmatch(fold(figure_name(name))) is not None


def said_share(value: str) -> tuple[int, int] | None:
    """The nearest share that people say for a percentage: « 37,4 % » gives 2 of 5; None where there is none."""
    match = _PERCENT.match(value)
    if match is None:
        return None
    share = float(f"{match[1]}.{match[2] or 0}") / 100
    if not 0.02 < share < 0.98:
        return None
    if share < 0.1:
        return 1, round(1 / share)
    nearest = min(_SAID_SHARES, key=lambda said: abs(said - share))
    return nearest.numerator, nearest.denominator


def stated_population(text: str) -> int | None:
    """How many people a note of the document says live in a quartier, where it begins with that: its other words are
    of whoever read the document (« 3 619 habitants pour le QPV entier, dans les deux fiches »)."""
    found = _STATED.match(text)
    return int("".join(found[1].split())) if found else None


def is_file_name(text: str) -> bool:
    """Whether a document is named by its file, which tells nobody anything."""
    return _FILE_NAME.fullmatch(text) is not None


def years_of(period_start: str, period_end: str) -> str:
    """The years of a contract: « 2015-2022 »."""
    return f"{period_start[:4]}-{period_end[:4]}"


def apart(name: str, period_start: str, period_end: str, today: date) -> str:
    """A name of a place in a contract, told apart from the same name in a later one: with its years once it is over."""
    return f"{name} ({years_of(period_start, period_end)})" if is_over(period_end, today) else name


def is_over(period_end: str, today: date) -> bool:
    """Whether a contract's period is over; `period_end` is a year, a month or a day: "2030", "2022-12-31"."""
    return period_end < today.isoformat()[: len(period_end)]
