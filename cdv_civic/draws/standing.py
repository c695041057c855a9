"""What a draw says of one number. Pure: it knows no name."""

import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import Final

from cdv_civic.draws.algorithm import Result
from cdv_civic.draws.rules import PublishedList

#: Characters of what somebody typed that are read.
LONGEST_TYPED: Final = 20


class NumberStanding(Enum):
    """Where a number stands in a draw."""

    LISTED = "listed"  #: on the list, before the draw
    SEATED = "seated"
    SUBSTITUTE = "substitute"
    NOT_DRAWN = "not drawn"
    UNKNOWN = "unknown"  #: not on the list that counts


@dataclass(frozen=True)
class FoundNumber:
    """A number that was asked about."""

    number: str
    standing: NumberStanding
    #: Among the substitutes, from 1.
    rank: int = 0


def find_number(typed: str, published: PublishedList, result: Result | None) -> FoundNumber | None:
    """Where the number that somebody typed stands; None where they typed no digit.

    Digits of any script are read, whatever stands between them.
    """
    digits = (unicodedata.decimal(sign, None) for sign in typed[:LONGEST_TYPED])
    number = "".join(str(digit) for digit in digits if digit is not None)
    if not number:
        return None
    if all(each.label != number for each in published.candidates):
        return FoundNumber(number, NumberStanding.UNKNOWN)
    if result is None:
        return FoundNumber(number, NumberStanding.LISTED)
    if number in result.seats:
        return FoundNumber(number, NumberStanding.SEATED)
    if number in result.substitutes:
        return FoundNumber(number, NumberStanding.SUBSTITUTE, result.substitutes.index(number) + 1)
    return FoundNumber(number, NumberStanding.NOT_DRAWN)
