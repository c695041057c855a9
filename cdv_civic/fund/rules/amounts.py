"""Amounts of money as people type them: « 1 500 », « 1500,50 », « 1.500 », « 1 500 € ». Pure."""

import re
from enum import StrEnum
from typing import Final

from cdv_civic.core import pasted_text
from cdv_civic.core.typed_numbers import BadNumber, NumberFault, read_decimal
from cdv_civic.fund.rules.budgets import MOST_CENTS

#: The signs by which Arabic parts decimals and thousands.
_ARABIC: Final = str.maketrans({"٫": ",", "٬": " "})
#: « 12 € 50 », « 12€50 ».
_EUROS_BETWEEN: Final = re.compile(r"(?P<whole>\d[\d .]*?) ?(?:€|euros?) ?(?P<part>\d{2})", re.IGNORECASE)
_EUROS: Final = re.compile(r" ?(?:€|eur|euros?|يورو)\.?$|^€ ?", re.IGNORECASE)


class AmountFault(StrEnum):
    """Why what was typed is no amount."""

    NONE = "none"  #: words, or nothing that is a number
    TWO_WAYS = "two-ways"  #: « 1,250 »
    FRACTION = "fraction"  #: of a cent
    NEGATIVE = "negative"
    TOO_LARGE = "too-large"


class BadAmount(ValueError):
    """Not an amount of euros."""

    def __init__(self, fault: AmountFault) -> None:
        super().__init__(fault)
        self.fault = fault


def read_cents(typed: str) -> int:
    """The amount that was typed, in cents: from 0 to `MOST_CENTS`, digits of any script; raises `BadAmount`."""
    plain = pasted_text.one_line(typed).translate(_ARABIC)
    between = _EUROS_BETWEEN.fullmatch(plain)
    plain = f"{between['whole'].rstrip()},{between['part']}" if between else _EUROS.sub("", plain)
    try:
        cents = read_decimal(plain) * 100
    except BadNumber as wrong:
        raise BadAmount(
            AmountFault.TWO_WAYS if wrong.fault is NumberFault.TWO_WAYS else AmountFault.NONE
        ) from None
    if cents < 0:
        raise BadAmount(AmountFault.NEGATIVE)
    if cents > MOST_CENTS:
        raise BadAmount(AmountFault.TOO_LARGE)
    if cents != int(cents):
        raise BadAmount(AmountFault.FRACTION)
    return int(cents)
