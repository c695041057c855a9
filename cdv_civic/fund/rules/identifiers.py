"""Public numbers of those who carry projects, as people paste them: RNA of an association, SIRET. Pure."""

import re
from typing import Final

from cdv_civic.core import pasted_text

_RNA: Final = re.compile(r"W\d{9}")
_SIRET_LENGTH: Final = 14
#: Establishments of La Poste keep to a rule of their own: the sum of their digits is a multiple of 5.
_LA_POSTE: Final = "356000000"


class BadIdentifier(ValueError):
    """Not such a number."""


def read_rna(typed: str) -> str:
    """« W » and 9 digits, spaces and dots forgiven; raises `BadIdentifier`."""
    found = pasted_text.code(typed).upper()
    if not _RNA.fullmatch(found):
        raise BadIdentifier
    return found


def read_siret(typed: str) -> str:
    """14 digits whose check is right, spaces and dots forgiven; raises `BadIdentifier`."""
    found = pasted_text.code(typed)
    if len(found) != _SIRET_LENGTH or not (found.isascii() and found.isdigit()) or not _checks(found):
        raise BadIdentifier
    return found


def _checks(digits: str) -> bool:
    """Whether the last digit is the one that those before it ask for, by the formula of Luhn."""
    if digits.startswith(_LA_POSTE) and sum(map(int, digits)) % 5 == 0:
        return True
    doubled = [int(each) * (2 if place % 2 else 1) for place, each in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0
