"""Numbers as people in France type them: « 1 250,50 », « 12.500 ». Pure.

A dot before three digits parts thousands, as a space does; a comma, or a dot before one or two digits, parts decimals.
« 1,250 » can be read in two ways, and is asked about, never guessed.
"""

import re
from decimal import Decimal
from enum import StrEnum
from typing import Final

from cdv_civic.core import pasted_text

#: Nobody types a longer number.
_LONGEST: Final = 40
_SIGN: Final = r"(?P<sign>[+-]?)"
_SPACED: Final = r"\d{1,3}(?:[ '’]\d{3})+"
_DOTTED: Final = r"[1-9]\d{0,2}(?:\.\d{3})+"
_FRENCH: Final = re.compile(rf"{_SIGN}(?P<whole>{_SPACED}|{_DOTTED}|\d+)(?:,(?P<part>\d+))?")
_POINT: Final = re.compile(rf"{_SIGN}(?P<whole>{_SPACED}|\d+)\.(?P<part>\d+)")
_ENGLISH: Final = re.compile(
    rf"{_SIGN}(?P<whole>\d{{1,3}}(?:,\d{{3}})+)\.(?P<part>\d+)|(?P<many>\d{{1,3}}(?:,\d{{3}}){{2,}})"
)
#: « 1,250 »: of a thousand and more in English, of one and a quarter in French.
_TWO_WAYS: Final = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")


class NumberFault(StrEnum):
    """Why what was typed is no number."""

    NONE = "none"
    TWO_WAYS = "two ways"


class BadNumber(ValueError):
    """Not a number, or one that can be read in two ways."""

    def __init__(self, fault: NumberFault) -> None:
        super().__init__(fault)
        self.fault = fault


def read_decimal(typed: str) -> Decimal:
    """The number that was typed, digits of any script, spaces of any kind; raises `BadNumber`."""
    if len(typed) > _LONGEST:
        raise BadNumber(NumberFault.NONE)
    plain = "".join(str(int(each)) if each.isdecimal() else each for each in pasted_text.one_line(typed))
    plain = re.sub(" +", " ", plain)
    if _TWO_WAYS.fullmatch(plain):
        raise BadNumber(NumberFault.TWO_WAYS)
    for form in (_FRENCH, _POINT, _ENGLISH):
        found = form.fullmatch(plain)
        if found:
            parts = found.groupdict()
            whole = re.sub(r"\D", "", parts.get("many") or parts["whole"])
            return Decimal(f"{parts['sign'] or ''}{whole}.{parts['part'] or 0}")
    raise BadNumber(NumberFault.NONE)
